"""Crowd: many users share the queues, some of them greedily, and nothing goes wrong. Who waits for how long?

Unlike in `World`, the queues have as many places as in production, and send the tasks that came first, first.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP

from simulation.faults import Faults
from simulation.machine import START, SimulatedHost
from simulation.outcome import Broken
from simulation.scheduler import Process, Scheduler
from simulation.store import Change, Network, SimulatedStore, creates
from simulation.world import quiet
from stoker import config, registry
from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import Create, Delete, Write
from stoker.jobs import settings
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import AttemptHandedBack, run_attempt
from stoker.jobs.children import ChildJob, Children
from stoker.jobs.context import JobContext
from stoker.jobs.dispatch import dispatch
from stoker.jobs.memory_store import QueuedTask
from stoker.jobs.states import JobState
from stoker.jobs.store import using
from stoker.jobs.sweeper import sweep
from stoker.models.document import Model
from stoker.models.job import BatchOutput, JobOutput

SWEEP_EVERY = 60.0
MOST_STEPS = 60_000_000

KEPT_SECONDS = 30.0
"""Virtual seconds for which a job that has ended is kept."""

FILM = "video-processing"
SPEECH = "audio-generation"
BATCH = "batch-operation"
INPUTS: Mapping[str, dict[str, Any]] = {
    FILM: {"source": "public/cat.mov"},
    SPEECH: {"text": "Hello."},
    BATCH: {"operation": "export-user-data"},
}
STAGES = {FILM: "encoding", SPEECH: "mastering", BATCH: "exporting"}


@dataclass(frozen=True)
class Wish:
    """A job that a user writes.

    Attributes:
        at: Virtual seconds.
        user_id: The owner.
        job_type: Its type.
        seconds: The work that it takes, in virtual seconds.
        honest: Whether its wait is judged.
        deletes: Whether it deletes the user's data.
        due_after: Virtual seconds from its creation until it may begin; None if it may begin at once.
        makes: How many films the job makes, if it is a batch. Each takes `seconds`, and the batch waits for them.
    """

    at: float
    user_id: str
    job_type: str
    seconds: float
    honest: bool = False
    deletes: bool = False
    due_after: float | None = None
    makes: int = 0


@dataclass
class Queue:
    """A queue of Cloud Tasks: so many tasks at a time, those that came first, first."""

    places: int
    running: int = 0
    waiting: deque[QueuedTask] = field(default_factory=deque)


@dataclass(frozen=True)
class Waits:
    """The time from a job's creation until its first attempt, in virtual seconds.

    Attributes:
        honest: Of each honest job.
        others: Of the other jobs that have begun.
        ended: Jobs that have ended.
        most: The greatest number of attempts that ran at the same time, by queue.
    """

    honest: Sequence[float]
    others: Sequence[float]
    ended: int
    most: Mapping[str, int]


class Crowd:
    """A crowd of users.

    Args:
        seed: Decides everything.
        wishes: The jobs that they write.
        admin: The document `adminData/jobs`; there is none if it is left out.
    """

    def __init__(self, seed: int, wishes: Sequence[Wish], admin: Mapping[str, Any] | None = None) -> None:
        self._seed = seed
        self._scheduler = Scheduler(seed)
        self._host = SimulatedHost(self._scheduler)
        network = Network(self._scheduler, Faults(), lambda process: None)
        self._store = SimulatedStore(network, self._host, self._committed, self._enqueued, lambda names: None)
        self._wishes = {f"{wish.user_id}-{number}": wish for number, wish in enumerate(wishes)}
        self._admin = admin
        self._queues = {
            queue.name: Queue(queue.at_once) for kind in registry.job_types().values() for queue in kind.queues
        }
        self._waits: dict[str, float] = {}
        self._ended: set[str] = set()
        self._running: dict[str, set[str]] = {name: set() for name in self._queues}
        self._most = dict.fromkeys(self._queues, 0)
        self._failed: str | None = None

    def run(self, seconds: float) -> Waits:
        """Run until all honest jobs have begun, or for some virtual seconds."""
        honest = {job_id for job_id, wish in self._wishes.items() if wish.honest}
        settings.forget()
        with using(self._store), quiet(self._unforeseen, lambda message, job_id: None):
            try:
                if self._admin is not None:
                    path = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
                    self._store.simulated.apply(None, [Create(path, self._admin)])
                for job_id, wish in self._wishes.items():
                    self._scheduler.at(wish.at, partial(self._write, job_id, wish))
                self._scheduler.at(self._scheduler.random.uniform(0, SWEEP_EVERY), self._sweep)
                while self._scheduler.now < seconds and not honest <= self._waits.keys():
                    if self._failed is not None or self._scheduler.steps > MOST_STEPS or not self._scheduler.step():
                        self._fail("no unforeseen error", self._failed or "the crowd does not end")
            finally:
                self._scheduler.end()
                settings.forget()
        now = self._scheduler.now
        return Waits(
            [self._waits.get(job_id, now - self._wishes[job_id].at) for job_id in sorted(honest)],
            [wait for job_id, wait in self._waits.items() if job_id not in honest],
            len(self._ended),
            self._most,
        )

    def _fail(self, invariant: str, text: str) -> None:
        raise Broken(self._seed, invariant, text, list(self._scheduler.trace))

    def _write(self, job_id: str, wish: Wish) -> None:
        job_input = {"operation": "delete-user-data"} if wish.deletes else INPUTS[wish.job_type]
        own: dict[str, Any] = {"id": job_id, "userId": wish.user_id, "type": wish.job_type}
        fields = {**own, "input": job_input, "status": "pending"}
        if wish.due_after is not None:
            fields["runAfter"] = START + timedelta(seconds=self._scheduler.now + wish.due_after)
        self._store.simulated.apply(
            None, [Create(f"{config.JOBS}/{job_id}", {**fields, "createdAt": SERVER_TIMESTAMP})]
        )

    def _wish_of(self, job_id: str) -> Wish:
        """The wish of a job, or of the batch that has made it."""
        return self._wishes.get(job_id) or self._wishes[job_id.rpartition("-")[0]]

    def _committed(self, process: Process | None, writes: Sequence[Write], changes: Sequence[Change]) -> None:
        for event in creates(writes, config.ANALYTICS_EVENTS):
            self._store.simulated.inner.commit([Delete(event.path)])  # The roll-up has it.
        for path, before, after in changes:
            if path.startswith(f"{config.JOBS}/") and after is not None:
                self._changed(before, after)

    def _changed(self, before: StoredDocument | None, after: StoredDocument) -> None:
        job_id, queue = after.id, JobState.of(after.id, after.data).queue.name
        running = self._running[queue]
        if before is None:
            self._spawn("dispatch", lambda: dispatch(after), 0.1)
        elif after.data.get("lease") is not None:
            self._waits.setdefault(job_id, self._scheduler.now - self._wish_of(job_id).at)
            running.add(job_id)
            self._most[queue] = max(self._most[queue], len(running))
        else:
            running.discard(job_id)
        if after.data["status"] in ("completed", "failed", "cancelled"):
            self._ended.add(job_id)
            self._scheduler.at(self._scheduler.now + KEPT_SECONDS, lambda: self._expire(after))
            if after.data["status"] != "completed":
                self._failed = f"{job_id} has ended: {dict(after.data)}"

    def _expire(self, document: StoredDocument) -> None:
        """Delete a job that has ended, so that thousands of them do not slow the database in memory."""
        if self._store.simulated.inner.get(document.path) is not None:
            self._store.simulated.inner.commit([Delete(document.path)])

    # --- Cloud Tasks ---

    def _enqueued(self, task: QueuedTask) -> None:
        due = self._scheduler.now if task.due is None else (task.due - START) / timedelta(seconds=1)
        self._scheduler.at(due + 0.05, lambda: self._arrive(task))

    def _arrive(self, task: QueuedTask) -> None:
        self._queues[task.queue].waiting.append(task)
        self._send(self._queues[task.queue])

    def _send(self, queue: Queue) -> None:
        while queue.waiting and queue.running < queue.places:
            queue.running += 1
            task = queue.waiting.popleft()
            self._spawn("worker", partial(self._work, queue, task), 0.05)

    def _work(self, queue: Queue, task: QueuedTask) -> None:
        try:
            run_attempt(task.job_id, self._worker)
        except (AttemptHandedBack, NotYetDue, exceptions.Aborted):
            self._scheduler.at(self._scheduler.now + 10, lambda: self._arrive(task))
        finally:
            queue.running -= 1
            self._send(queue)

    def _worker(self, context: JobContext, job_input: Model) -> JobOutput | Children:
        wish = self._wish_of(context.id)
        if wish.makes and context.id in self._wishes:
            return Children([ChildJob(FILM, INPUTS[FILM])] * wish.makes)
        job_type = FILM if wish.makes else wish.job_type
        can_go_on_later = job_type == BATCH
        done = float(context.checkpoint.get("done", 0.0))
        while done < wish.seconds:
            context.report(100 * done / wish.seconds, "deleting" if wish.deletes else STAGES[job_type])
            step = min(2.0, wish.seconds - done)
            self._host.sleep(step)
            done += step
            if can_go_on_later:
                context.save({"done": done})
        if can_go_on_later:
            return BatchOutput(total=1, succeeded=1, failed=0)
        return JobOutput(files=[])

    # --- Processes ---

    def _sweep(self) -> None:
        self._scheduler.at(self._scheduler.now + SWEEP_EVERY, self._sweep)
        self._spawn("sweeper", sweep, 0.0)

    def _spawn(self, kind: str, run: Callable[[], object], delay: float) -> None:
        def guarded() -> None:
            try:
                run()
            except Exception as error:
                self._unforeseen(error)

        self._scheduler.spawn(Process(kind, kind), guarded, delay)

    def _unforeseen(self, error: BaseException) -> None:
        self._failed = self._failed or repr(error)
