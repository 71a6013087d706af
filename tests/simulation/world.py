"""World: one simulation from its seed to its end, with everything that may happen to some dozens of jobs."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from google.api_core import exceptions

from simulation.faults import draw_faults
from simulation.hooks import types_with_hooks
from simulation.invariants import CommitInvariants
from simulation.liveness import Liveness
from simulation.lives import ALIVE, ENDED, Life, Lives
from simulation.machine import START, SimulatedHost
from simulation.outcome import Broken, Outcome
from simulation.people import Admin, User
from simulation.scheduler import Killed, Process, Scheduler
from simulation.store import Change, Network, SimulatedStore, creates
from simulation.work import SimulatedWorker
from stoker import config
from stoker.firestore.api_errors import TRANSIENT, Conflict
from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import Delete, Write
from stoker.jobs import settings
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import AttemptHandedBack, run_attempt
from stoker.jobs.dispatch import dispatch
from stoker.jobs.memory_store import QueuedTask
from stoker.jobs.reconcile_outputs import reconcile_outputs
from stoker.jobs.store import using
from stoker.jobs.sweeper import sweep

SWEEP_EVERY = 60.0
LOOK_EVERY = 10.0
MOST_SECONDS = 12 * 3600.0
"""Virtual seconds after which every job must have ended."""

MOST_STEPS = 400_000
"""Steps after which a world counts as one that never ends. A usual world has some ten thousand."""

FORESEEN = (*TRANSIENT, Conflict, exceptions.Aborted, AttemptHandedBack, NotYetDue)
"""The errors that the network makes, and the answers that a queue understands."""


def run_world(seed: int) -> Outcome:
    """Run the world of a seed to its end.

    Raises:
        Broken: An invariant does not hold.
    """
    return World(seed).run()


class World:
    """All actors of a simulation.

    Args:
        seed: Decides everything.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.scheduler = Scheduler(seed)
        random = self.scheduler.random
        self.faults = draw_faults(seed, random)
        self.host = SimulatedHost(self.scheduler)
        self.store = SimulatedStore(
            Network(self.scheduler, self.faults, self._excuse),
            self.host,
            self._committed,
            self._enqueued,
            lambda names: self.invariants.judge_deletion(names),
        )
        self.documents = self.store.simulated.inner
        self.lives = Lives(self.documents)
        self.invariants = CommitInvariants(self.lives, self.fail, self.store.memory.outputs)
        self._broken: tuple[str, str] | None = None
        limits = self._draw_limits()
        self.admin = Admin(self.scheduler, self.store, limits, changes=not self.faults.calm)
        self.invariants.calm, self.invariants.paused = self.faults.calm, self.admin.paused
        self.invariants.limited = limits is not None
        at_once = self.admin.at_once
        # Others than calm worlds change it.
        self.invariants.at_once = at_once if self.faults.calm or at_once is None else max(3, at_once)
        self.liveness = Liveness(
            self.lives, self.host, self.fail, lambda name: name in self.admin.paused, lambda: self.admin.at_once
        )
        self.worker = SimulatedWorker(self.scheduler, self.store)
        self.users = [User(f"user{n}", self.scheduler, self.store, self.lives) for n in range(random.randint(1, 3))]
        self._excused: set[str] = set()
        self._interrupted: set[str] = set()
        self._busy = 0

    def run(self) -> Outcome:
        """Run until every job has ended.

        Raises:
            Broken: An invariant does not hold.
        """
        settings.forget()
        with using(self.store), types_with_hooks(), quiet(self._logged, self._warned):
            try:
                self._begin()
                self._go_until(lambda: self._busy == 0)
                self._stop_faults()
                self._go_until(self._all_have_ended)
                self._go_until(_after(self.scheduler, 700.0))
                self._reconcile()
            finally:
                self.scheduler.end()
                settings.forget()
        retried = {name for name in self._interrupted if self.lives.by_id[name].retried}
        self.liveness.judge_end(self.store.memory.outputs, self._excused | retried)
        self._raise_if_broken()
        attempts = sum(life.attempts for life in self.lives.by_id.values())
        return Outcome(self.lives.count, self.scheduler.steps, self.scheduler.hash, attempts)

    def _draw_limits(self) -> dict[str, int] | None:
        """Return the limits of every user: None if they are lifted, empty if no admin has written any."""
        random = self.scheduler.random
        drawn = random.random()
        if drawn < 0.4:
            return None if drawn < 0.2 else {}
        limits = {"atOnce": random.randint(1, 3)}
        return {**limits, "aDay": random.randint(3, 8)} if random.random() < 0.2 else limits

    def _begin(self) -> None:
        for user in self.users:
            self._live(user.user_id, user.live)
        self._live("admin", self.admin.live)
        self.scheduler.at(0.0, self._look)
        self.scheduler.at(self.scheduler.random.uniform(0, SWEEP_EVERY), self._sweep)

    def _live(self, name: str, live: Callable[[], None]) -> None:
        def run() -> None:
            live()
            self._busy -= 1

        self._busy += 1
        self._spawn(Process(name, "people"), run)

    def _stop_faults(self) -> None:
        self.scheduler.note("faults stop")
        self.faults.active = False
        self.admin.lift_daily_limit()

    def _all_have_ended(self) -> bool:
        return all(life.deleted or life.data["status"] in ENDED for life in self.lives.by_id.values())

    def _reconcile(self) -> None:
        """Let the daily reconcile remove the outputs of jobs that were deleted."""
        done = list[object]()
        self._spawn(Process("reconcile", "reconcile"), lambda: done.append(reconcile_outputs()))
        self._go_until(lambda: bool(done))

    def _go_until(self, done: Callable[[], bool]) -> None:
        while not done():
            if self.scheduler.now > MOST_SECONDS or self.scheduler.steps > MOST_STEPS or not self.scheduler.step():
                alive = [dict(life.data) for life in self.lives.there() if life.state in ALIVE]
                self.fail("no job is lost", f"the world does not end; alive: {alive}")
            self._raise_if_broken()

    # --- What the platform does ------------------------------------------------------------------

    def _committed(self, process: Process | None, writes: Sequence[Write], changes: Sequence[Change]) -> None:
        self.invariants.judge(process, writes, changes, self.host.true_time(), self.scheduler.now)
        for event in creates(writes, config.ANALYTICS_EVENTS):
            self.documents.commit([Delete(event.path)])  # The roll-up has it.
        made = {write.path for write in creates(writes, config.JOBS)}
        for path, _, after in changes:
            if path in made and after is not None:
                self._trigger(after)

    def _trigger(self, document: StoredDocument) -> None:
        random, faults = self.scheduler.random, self.faults
        if faults.strikes(random, faults.lost_event):
            self.scheduler.note("EVENT LOST", document.id)
            return
        for _ in range(2 if faults.strikes(random, faults.doubled_event) else 1):
            self._spawn(self._process("dispatch"), lambda: dispatch(document), self._travel())

    def _enqueued(self, task: QueuedTask) -> None:
        life = self.lives.by_id[task.job_id]
        life.tasks += 1
        if task.occasion.startswith("after/"):
            life.handed_back = False  # The next attempt has a task of its own.
        random, faults = self.scheduler.random, self.faults
        self._judge_due(task, life)
        if faults.strikes(random, faults.lost_task):
            self.scheduler.note("TASK LOST", task.job_id, task.occasion)
            return
        for _ in range(2 if faults.strikes(random, faults.doubled_task) else 1):
            early = task.due is None or faults.strikes(random, faults.early_task)
            delay = 0.0 if early or task.due is None else (task.due - START).total_seconds() - self.scheduler.now
            self._deliver(task, 1, max(0.0, delay) + self._travel())

    def _deliver(self, task: QueuedTask, tries: int, delay: float) -> None:
        process = self._process("worker")
        process.on_death = lambda: self._again(task, tries, process)

        def run() -> None:
            try:
                run_attempt(task.job_id, self.worker)
                self._judge_return(task.job_id, process)
            except FORESEEN as error:
                self.scheduler.note("task fails:", type(error).__name__, task.job_id)
                if isinstance(error, NotYetDue):
                    self._judge_early(task)
                self._again(task, tries, process)
            except Exception as error:
                self._unforeseen(error)

        self._spawn(process, run, delay)

    def _again(self, task: QueuedTask, tries: int, process: Process) -> None:
        """Send a task again, as Cloud Tasks does."""
        # If the job is retried before the task comes again, no attempt knows of the objects of the earlier run.
        self._interrupted |= process.wrote
        if tries < config.MAX_ATTEMPTS:
            self._deliver(task, tries + 1, min(300.0, 5.0 * 2**tries) + self._travel())
        else:
            self._excused |= process.wrote | {task.job_id}

    def _judge_due(self, task: QueuedTask, life: Life) -> None:
        """A new job's task, and a task that follows a failed attempt, if nobody has taken the job meanwhile."""
        due, ended_by = life.data.get("runAfter"), str(life.data.get("endedBy"))
        is_new = life.data.get("stage") is None and task.due is None
        if is_new and due is not None and due > self.host.true_time() + timedelta(seconds=2):
            self.fail("not before its time", f"{life.id} is queued, and is due at {due}")
        if life.state != "pending" or due is None or not task.occasion.endswith(f"-{ended_by}"):
            return
        if life.data.get("stage") == "waiting-for-tomorrow":
            return  # The job was retried and held back while the worker of its earlier run hung.
        if due > self.host.true_time() and (task.due is None or task.due < due - timedelta(seconds=1)):
            self.fail("backoff", f"{life.id} has a task for {task.due}, and is due at {due}")

    def _judge_return(self, job_id: str, process: Process) -> None:
        if self.lives.by_id[job_id].deleted:
            return
        lease = self.lives.by_id[job_id].data.get("lease") or {}
        if lease.get("token") == process.tokens.get(job_id, ""):
            self.fail("an attempt recognizes its own lease", f"{process.name} has left {job_id}, and still holds it")
        # If another worker has taken the job and handed it back since, that worker has written `endedBy`.
        is_last = self.lives.by_id[job_id].data.get("endedBy") == process.tokens.get(job_id)
        if process.going_down and job_id in process.left and is_last and self.lives.by_id[job_id].handed_back:
            self.fail("preempted jobs are sent again", f"{process.name} has handed {job_id} back without a report")

    def _judge_early(self, task: QueuedTask) -> None:
        life = self.lives.by_id[task.job_id]
        due = life.data.get("runAfter")
        if due is not None and due <= self.host.true_time() + timedelta(seconds=0.5):
            self.fail("clocks differ", f"{life.id} was sent back, and is due at {due}")

    def _sweep(self) -> None:
        scheduler = self.scheduler
        scheduler.at(scheduler.now + SWEEP_EVERY, self._sweep)
        if self.faults.strikes(scheduler.random, self.faults.lost_sweep):
            scheduler.note("SWEEP LOST")
            return

        def run() -> None:
            try:
                sweep()
            except FORESEEN as error:
                scheduler.note("sweep fails:", type(error).__name__)

        self._spawn(self._process("sweeper"), run)

    def _look(self) -> None:
        calm, active = self.faults.calm, self.faults.active
        if calm or not active:
            self.liveness.look(self.scheduler.now, calm=calm)
        self.scheduler.at(self.scheduler.now + (LOOK_EVERY if calm else SWEEP_EVERY), self._look)

    # --- Processes -------------------------------------------------------------------------------

    def _process(self, kind: str) -> Process:
        skew = self.faults.skew * self.scheduler.random.uniform(-1, 1)
        self._count = getattr(self, "_count", 0) + 1
        process = Process(f"{kind}{self._count}", kind, mortal=True, skew=skew)
        # The objects of the jobs that it was about to end may stay: nothing looks for them again.
        process.on_death = lambda: self._excused.update(process.wrote)
        return process

    def _spawn(self, process: Process, run: Callable[[], object], delay: float = 0.0) -> None:
        def guarded() -> None:
            try:
                run()
            except Killed:
                raise
            except Exception as error:
                self._unforeseen(error)

        self.scheduler.spawn(process, guarded, delay)

    def _travel(self) -> float:
        seconds = 0.02 + 0.3 * self.scheduler.random.random()
        if self.faults.strikes(self.scheduler.random, self.faults.slow):
            seconds += 60 * self.scheduler.random.random()
        return seconds

    # --- What is wrong ---------------------------------------------------------------------------

    def fail(self, invariant: str, text: str) -> None:
        """Take note of a broken invariant. It is raised between two steps, where no code of the engine catches it."""
        if self._broken is None:
            self.scheduler.note("BROKEN", invariant, text)
            self._broken = (invariant, text)

    def _raise_if_broken(self) -> None:
        if self._broken is not None:
            raise Broken(self.seed, *self._broken, list(self.scheduler.trace))

    def _logged(self, error: BaseException) -> None:
        if not isinstance(error, FORESEEN) and "simulated" not in str(error):
            self._unforeseen(error)
        elif self.scheduler.current is not None:
            # The removal of objects may have failed.
            self.scheduler.note("logged:", type(error).__name__)
            self._excuse(self.scheduler.process)

    def _warned(self, message: str, job_id: str) -> None:
        process = self.scheduler.process
        token = process.tokens.get(job_id)
        life = self.lives.by_id[job_id]
        data = {} if life.deleted else life.data
        ended_itself = job_id in process.left and data.get("endedBy") == token and data.get("lease") is None
        if message.startswith("The attempt lost the job") and ended_itself:
            self.fail("attempts recognize their writes", f"{process.name} has ended its attempt at {job_id}: {message}")

    def _excuse(self, process: Process) -> None:
        """Let objects stay of jobs that a process has ended, and of its own job if no task is sent again for that."""
        self._excused |= process.wrote - ({next(iter(process.tokens))} if process.tokens else set())

    def _unforeseen(self, error: BaseException) -> None:
        self.fail("no unforeseen error", "".join(traceback.format_exception(error)))


def _after(scheduler: Scheduler, seconds: float) -> Callable[[], bool]:
    end = scheduler.now + seconds
    return lambda: scheduler.now >= end


@contextmanager
def quiet(logged: Callable[[BaseException], None], warned: Callable[[str, str], None]) -> Iterator[None]:
    """Keep the log silent. Errors and warnings that it would have shown are judged."""

    def log_error(message: str, error: BaseException, **fields: Any) -> None:
        logged(error)

    def warn(message: str, **fields: Any) -> None:
        warned(message, fields["jobId"])

    silent = SimpleNamespace(info=lambda *_, **__: None, warn=warn)
    with mock.patch("stoker.logs.logger", silent), mock.patch("stoker.logs.log_error", log_error):
        yield
