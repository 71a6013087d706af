"""A few jobs, and a machine that lets anything happen to them in any order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from google.cloud.firestore import SERVER_TIMESTAMP
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.attempts import CHILD, Run, found, good, taken, write
from engine.hosts import Sleepless
from engine.legal import Fields, check_change, check_state
from engine.stores import AllInMemory, QueueInMemory, own_project
from stoker import config
from stoker.errors import HandedBack, JobCancelled, LeaseLost, Unavailable, UnsupportedMedia
from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import Create, Delete, Update
from stoker.jobs import waiting
from stoker.jobs.attempt import end_attempt
from stoker.jobs.children import Children, child_id, update_parent
from stoker.jobs.dispatch import dispatch
from stoker.jobs.effects import WakeNext
from stoker.jobs.fairness import FORGOTTEN
from stoker.jobs.fields import RENEWED
from stoker.jobs.job import path_of
from stoker.jobs.progress import Heartbeat
from stoker.jobs.settings import forget
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep
from stoker.jobs.walk import Cursors
from stoker.logs import JobLog
from stoker.models.job import JobOutput, has_ended

PICK = st.integers(0, 11)


class Jobs(RuleBasedStateMachine):
    """A few jobs, and all events that they may meet."""

    make_engine: ClassVar[type[AllInMemory] | type[QueueInMemory]] = AllInMemory

    def __init__(self) -> None:
        super().__init__()
        self.engine = self.make_engine()
        self.engine.host = Sleepless()
        self.patched = pytest.MonkeyPatch()
        self.entered = ExitStack()
        self.entered.enter_context(own_project(self.engine, self.patched))
        self.number = 0
        self.at_once: int | None = None
        self.tasks = self.engine.queued
        """Delivered at any time, any number of times."""
        self.runs: list[Run] = []
        self.limited: set[str] = set()
        """Jobs whose last attempt began while users were limited."""
        self.events: list[StoredDocument] = []
        self.seen: dict[str, Fields] = {}
        self.sound = True
        self.hours_have_passed = False
        self.step = ""

    # --- What happens ------------------------------------------------------------------------------

    @initialize(owners=st.lists(st.sampled_from(["ada", "bob"]), min_size=2, max_size=3), begun=st.booleans())
    def some_jobs_are_there(self, owners: list[str], begun: bool) -> None:
        for owner in owners:
            self.job_is_written(owner, key=None, most=None, later=False, event_is_lost=False)
        if begun:
            self.task_is_delivered(0, at_once=1)

    @precondition(lambda self: sum(not has_ended(data["status"]) for data in self.seen.values()) < 4)
    @rule(
        owner=st.sampled_from(["ada", "ada", "ada", "bob"]),
        key=st.sampled_from([None, "k"]),
        most=st.sampled_from([None, 1, 2]),
        later=st.sampled_from([False, False, True]),
        event_is_lost=st.sampled_from([False, False, False, True]),
    )
    def job_is_written(self, owner: str, key: str | None, most: int | None, later: bool, event_is_lost: bool) -> None:
        self.begin("write")
        # Hypothesis repeats the steps that it has found, so the ids must be the same each time.
        fields: Fields = {"id": f"job{self.number}", "dedupeKey": key, "maxAttempts": most}
        self.number += 1
        if later:
            fields["runAfter"] = datetime.now(UTC) + timedelta(hours=1)
        given = {name: value for name, value in fields.items() if value is not None}
        store().documents.commit([Create(path_of(fields["id"]), good(owner) | given)])
        self.events.append(found(fields["id"]))
        if not event_is_lost:
            dispatch(self.events[-1])

    @precondition(lambda self: self.events and self.step != "dispatch")
    @rule(pick=PICK)
    def event_arrives(self, pick: int) -> None:
        """Deliver an event, perhaps late or again."""
        self.begin("dispatch")
        dispatch(self.events[pick % len(self.events)])

    @precondition(lambda self: self.tasks)
    @rule(pick=PICK, at_once=st.sampled_from([1, 1, 3]))
    def task_is_delivered(self, pick: int, at_once: int) -> None:
        self.begin("deliver")
        waiting = [task for task in self.tasks if self.seen.get(task, {}).get("status") == "pending"]
        tasks = waiting if waiting and pick % 4 else self.tasks
        job_id = tasks[pick % len(tasks)]
        with ThreadPoolExecutor(at_once) as pool:
            leases = [held for held in pool.map(taken, [job_id] * at_once) if held is not None]
        assert len(leases) <= 1
        for held in leases:
            self.runs.append(Run(held, Heartbeat(held, JobLog(job_id))))
            (self.limited.add if self.at_once else self.limited.discard)(job_id)
            assert self.at_once is None or self.counted(held.job.document.user_id) <= self.at_once

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_goes_silent(self, pick: int) -> None:
        """Let the lease lapse and the task come again. The silent worker may come back later."""
        run = self.chosen(pick)
        job_id = run.held.job.document.id
        if run.holds(self.data(job_id)):
            write(job_id, {"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})
            if job_id in self.tasks:
                self.task_is_delivered(self.tasks.index(job_id), at_once=1)

    @precondition(lambda self: self.runs)
    @rule(pick=PICK, progress=st.floats(0, 150), stage=st.sampled_from(["queued", "encoding", "uploading"]))
    def worker_reports(self, pick: int, progress: float, stage: Any) -> None:
        self.begin("report")
        run = self.chosen(pick)
        run.heartbeat.report(progress, stage)
        run.progress = max(run.progress, progress)

        def report() -> None:
            run.heartbeat.write()
            heartbeat, run.heartbeat = run.heartbeat, Heartbeat(run.held, JobLog(run.held.state.id))
            run.heartbeat.report(run.progress, stage)
            heartbeat.check()

        self.writes(run, report)

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_saves(self, pick: int) -> None:
        self.begin("save")
        run = self.chosen(pick)
        checkpoint = {"after": uuid4().hex}
        beside = Create(f"tasks/{checkpoint['after']}", {"done": True})
        written = self.writes(run, lambda: run.held.save(checkpoint, [beside]))
        assert (store().documents.get(beside.path) is not None) == written
        assert (self.data(run.held.job.document.id).get("checkpoint") == checkpoint) == written

    @precondition(lambda self: self.runs)
    @rule(pick=PICK, dies=st.booleans())
    def worker_completes(self, pick: int, dies: bool) -> None:
        self.ends("complete", self.chosen(pick), JobOutput(files=[]), dies)

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_fails(self, pick: int) -> None:
        self.ends("fail", self.chosen(pick), UnsupportedMedia("It is no film. Write a job for one."))

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_fails_for_now(self, pick: int) -> None:
        self.ends("fail for now", self.chosen(pick), Unavailable("Nobody answered."))

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_is_taken_away(self, pick: int) -> None:
        self.ends("hand back", self.chosen(pick), HandedBack("The worker was taken away."))

    @precondition(lambda self: self.runs)
    @rule(pick=PICK, number=st.integers(1, 2))
    def worker_makes_children(self, pick: int, number: int) -> None:
        if self.chosen(pick).held.job.document.parent_id is None:
            self.ends("hand over", self.chosen(pick), Children([CHILD] * number))

    @precondition(lambda self: self.cancellable())
    @rule(pick=PICK)
    def owner_cancels(self, pick: int) -> None:
        self.begin("cancel")
        ids = self.cancellable()
        write(ids[pick % len(ids)], {"cancelRequested": True, "updatedAt": SERVER_TIMESTAMP})

    @precondition(lambda self: any(data["status"] in ("failed", "cancelled") for data in self.seen.values()))
    @rule(pick=PICK)
    def owner_retries(self, pick: int) -> None:
        self.begin("retry")
        over = [one for one, data in sorted(self.seen.items()) if data["status"] in ("failed", "cancelled")]
        job_id = over[pick % len(over)]
        self.tasks[:] = [task for task in self.tasks if task != job_id]
        write(job_id, {**RENEWED, "updatedAt": SERVER_TIMESTAMP})
        self.events.append(found(job_id))

    @precondition(lambda self: len(self.seen) > 3)
    @rule(pick=PICK)
    def job_is_deleted(self, pick: int) -> None:
        self.begin("delete")
        job_id = sorted(self.seen)[pick % len(self.seen)]
        if "parentId" not in self.seen[job_id]:
            store().documents.commit([Delete(path_of(job_id))])
            del self.seen[job_id]

    @precondition(lambda self: self.step != "wait")
    @rule()
    def time_passes(self) -> None:
        """Let all leases lapse, and all waiting jobs become due."""
        self.begin("wait")
        past = datetime.now(UTC) - timedelta(seconds=1)
        for job_id, data in self.seen.items():
            if "lease" in data:
                write(job_id, {"lease.expiresAt": past})
            elif "runAfter" in data and not has_ended(data["status"]):
                write(job_id, {"runAfter": past})

    @precondition(lambda self: self.step != "sweep")
    @rule(everything=st.booleans())
    def sweeper_runs(self, everything: bool) -> None:
        self.begin("sweep")
        # Without the places of the last sweep, the sweeper looks at all jobs. With them, it looks at new jobs.
        if everything and store().documents.get(Cursors.PATH) is not None:
            store().documents.commit([Delete(Cursors.PATH)])
        sweep(datetime.now(UTC) + timedelta(hours=1))

    @precondition(lambda self: self.step != "set")
    @rule(paused=st.sampled_from([False, False, True]), at_once=st.sampled_from([None, 1, 2]))
    def admin_sets(self, paused: bool, at_once: int | None) -> None:
        self.begin("set")
        self.at_once = at_once
        limit = {"userLimits": {"atOnce": at_once}} if at_once else {}
        path = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
        before = [Delete(path)] if store().documents.get(path) is not None else []
        for writes in (before, [Create(path, {"paused": ["video-processing"] if paused else [], **limit})]):
            store().documents.commit(writes)
        forget()

    # --- What must be so ---------------------------------------------------------------------------

    @invariant()
    def only_what_is_legal_has_happened(self) -> None:
        written = [f"job{number}" for number in range(self.number)]
        possible = [*written, *(child_id(one, number) for one in written for number in range(2))]
        now = {one.id: dict(one.data) for one in store().documents.get_all([path_of(one) for one in possible])}
        assert self.seen.keys() <= now.keys()
        for job_id, data in now.items():
            check_state(data)
            if job_id in self.seen:
                check_change(self.step, self.seen[job_id], data)
        self.seen = now
        self.no_key_is_shared()
        self.sound = True

    def no_key_is_shared(self) -> None:
        alive = [
            (data["userId"], data["dedupeKey"])
            for job_id, data in self.seen.items()
            if "dedupeKey" in data
            if data["status"] == "processing" or (data["status"] == "pending" and job_id in self.tasks)
        ]
        assert len(alive) == len(set(alive))

    def teardown(self) -> None:
        try:
            if self.sound:
                self.every_job_ends()
        finally:
            self.entered.close()
            self.patched.undo()

    def every_job_ends(self) -> None:
        """Check that time, the sweeper and successful workers end every job, after any history."""
        self.admin_sets(paused=False, at_once=self.at_once)
        self.hours_have_passed = True
        rounds = 0
        while not all(has_ended(data["status"]) for data in self.seen.values()):
            rounds += 1
            assert rounds <= 2 * len(self.seen) + 5
            self.runs.clear()  # their workers are no more
            self.tasks.clear()
            self.time_passes()
            self.hours_pass_for_places()
            self.sweeper_runs(everything=True)
            self.only_what_is_legal_has_happened()
            for number in range(len(self.tasks)):
                self.task_is_delivered(number, at_once=1)
                self.only_what_is_legal_has_happened()
            for run in list(self.runs):
                self.ends("complete", run, JobOutput(files=[]), dies=True)
                self.only_what_is_legal_has_happened()

    def hours_pass_for_places(self) -> None:
        for owner in store().documents.get_all([f"{config.JOB_USERS}/{name}" for name in ("ada", "bob")]):
            running = owner.data.get("running", {})
            past = {one: since - 2 * FORGOTTEN for one, since in running.items()}
            store().documents.commit([Update(owner.path, {"running": past})])

    # --- How -----------------------------------------------------------------------------------------

    def begin(self, step: str) -> None:
        self.step = step
        self.sound = False

    def ends(self, step: str, run: Run, result: Any, dies: bool = False) -> None:
        """Let an attempt make its final write. Its worker may die after it."""
        self.begin(step)
        document = run.held.job.document
        if self.writes(run, lambda: self.end(run, result)):
            self.runs.remove(run)
        if document.parent_id is not None and not dies:
            update_parent(document.parent_id)

    def end(self, run: Run, result: Any) -> None:
        """Make the final write, and wake the owner's next job. A worker that dies here has done nothing else."""
        transition, released = end_attempt(run.held, result)
        if run.held.limited and WakeNext() in transition.effects:
            waiting.wake_next(run.held.job.document.user_id, run.held.state.type, released)

    def writes(self, run: Run, write: Callable[[], object]) -> bool:
        """Let an attempt write, and return whether it wrote. It must write if it holds the job, and only then."""
        job_id = run.held.state.id
        before = store().documents.get(path_of(job_id))
        data = before.data if before is not None else {}
        try:
            write()
        except LeaseLost:
            assert not run.holds(data)
            assert store().documents.get(path_of(job_id)) == before
            return False
        except JobCancelled:
            assert run.holds(data)
            assert data["cancelRequested"]
            run.knows_of_cancel = True
            return False
        assert run.holds(data)
        assert run.knows_of_cancel or not data.get("cancelRequested") or self.step not in ("report", "save")
        return True

    def counted(self, owner: str) -> int:
        """Return the number of a user's running jobs that began while users were limited."""
        jobs = [self.data(job_id) for job_id in self.seen]
        running = [data for data in jobs if data.get("status") == "processing" and "lease" in data]
        if self.hours_have_passed:  # The places of attempts that went silent are forgotten by now.
            running = [data for data in running if data["lease"]["expiresAt"] > datetime.now(UTC)]
        return sum(data["userId"] == owner and data["id"] in self.limited for data in running)

    def chosen(self, pick: int) -> Run:
        """Return an attempt: often an attempt that holds its job, and sometimes a zombie."""
        holding = [run for run in self.runs if run.holds(self.seen.get(run.held.job.document.id, {}))]
        runs = holding if holding and pick % 4 else self.runs
        return runs[pick % len(runs)]

    def cancellable(self) -> list[str]:
        """Return the jobs that their owners may cancel and have not cancelled."""
        return [
            one
            for one, data in sorted(self.seen.items())
            if not has_ended(data["status"]) and "cancelRequested" not in data
        ]

    def data(self, job_id: str) -> Fields:
        there = store().documents.get(path_of(job_id))
        return dict(there.data) if there is not None else {}


def run_machines(machine: type[Jobs], tens: int, steps: int) -> None:
    for _ in range(tens):
        # Ten at a time, because after more examples hypothesis mostly varies the ones that it has.
        chosen = settings(
            max_examples=10,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=chosen)
