"""A job's states: whatever happens to it, in whatever order, only what this table allows becomes of it, and it ends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot
from google.cloud.firestore_v1.base_query import FieldFilter
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
from stoker.jobs.claim import Claim
from stoker.jobs.claiming import NotYetDue, claim
from stoker.jobs.end import completed, renewed
from stoker.jobs.fence import Fence
from stoker.jobs.reporter import Reporter

from emulator.driven import DrivenJob
from stoker import config
from stoker.errors import HandedBack, JobCancelled, LeaseLost, Unavailable, UnsupportedMedia
from stoker.firestore.client import client
from stoker.jobs import dispatch as dispatch_module
from stoker.jobs import end, limits, work
from stoker.jobs.children import ChildJob, Children, settle
from stoker.jobs.dispatch import dispatch
from stoker.jobs.settings import forget
from stoker.jobs.sweeper import sweep
from stoker.logs import JobLog
from stoker.models.job import RUNNING_JOBS, JobOutput, has_ended

LEGAL: dict[tuple[str, str], set[str]] = {
    # A task that is delivered claims the job.
    ("pending", "processing"): {"deliver"},
    # Another one has its dedupeKey; its attempts are exhausted.
    ("pending", "failed"): {"write", "dispatch", "deliver", "sweep"},
    # The owner has asked for it.
    ("pending", "cancelled"): {"dispatch", "deliver", "sweep"},
    # The attempt ended so; or its children did, which whoever meets them next finds out.
    ("processing", "completed"): {"complete", "deliver", "sweep", "dispatch", "fail", "fail for now", "hand back"},
    ("processing", "failed"): {"fail", "fail for now", "deliver"},
    ("processing", "cancelled"): {
        *("complete", "fail", "fail for now", "hand back", "hand over"),
        "deliver",
        "sweep",
        "dispatch",
    },
    # It failed for now, or its worker was taken away; or its lease has lapsed, and it has to wait for a place.
    ("processing", "pending"): {"fail for now", "hand back", "deliver"},
    # The owner tries again; a batch that is run again renews what an earlier run has left undone.
    ("failed", "pending"): {"retry", "hand over"},
    ("cancelled", "pending"): {"retry", "hand over"},
}
"""From which status to which other a job may come, and in which steps. There are no others."""

CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})
PICK = st.integers(0, 11)
Fields = dict[str, Any]


@dataclass
class Run:
    """An attempt that a worker believes to make: perhaps it has lost the job long since."""

    held: Claim
    reporter: Reporter
    told_of_cancel: bool = False

    def holds(self, data: Fields) -> bool:
        """Whether the document says so, too."""
        return bool((data.get("lease") or {}).get("token") == self.held._token)


class Jobs(RuleBasedStateMachine):
    """A few jobs, and all that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        for name in ("JOBS", "JOB_KEYS", "JOB_USERS", "JOB_SETTINGS"):
            self.patched.setattr(config, name, f"{name.lower()}-{uuid4().hex}")
        for module in (dispatch_module, limits):
            self.patched.setattr(module, "enqueue", lambda job_type, job_id, *_: self.tasks.append(job_id))
        self.patched.setattr(end, "backoff_seconds", lambda attempt: 60)
        self.settings = client().collection(config.ADMIN_DATA).document(config.JOB_SETTINGS)
        forget()
        self.number = 0
        self.at_once: int | None = None
        self.tasks: list[str] = []
        """Delivered at any time, any number of times."""
        self.runs: list[Run] = []
        self.limited: set[str] = set()
        """Jobs whose last attempt was claimed while users were limited."""
        self.events: list[DocumentSnapshot[Any]] = []
        self.seen: dict[str, Fields] = {}
        self.sound = True
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
        # Ids that are the same each time, for hypothesis repeats what it has found.
        fields: Fields = {"id": f"job{self.number}", "dedupeKey": key, "maxAttempts": most}
        self.number += 1
        if later:
            fields["runAfter"] = datetime.now(UTC) + timedelta(hours=1)
        job(fields["id"]).set(good(owner) | {name: value for name, value in fields.items() if value is not None})
        self.events.append(job(fields["id"]).get())
        if not event_is_lost:
            dispatch(self.events[-1])

    @precondition(lambda self: self.events and self.step != "dispatch")
    @rule(pick=PICK)
    def event_arrives(self, pick: int) -> None:
        """Perhaps late, perhaps not for the first time."""
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
            claims = [held for held in pool.map(_claimed, [job_id] * at_once) if held is not None]
        assert len(claims) <= 1
        for held in claims:
            self.runs.append(Run(held, Reporter(held, JobLog(job_id))))
            (self.limited.add if self.at_once else self.limited.discard)(job_id)
            assert self.at_once is None or self.counted(held.job.document.user_id) <= self.at_once

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_goes_silent(self, pick: int) -> None:
        """And its task comes again; it may come back nevertheless."""
        run = self.chosen(pick)
        job_id = run.held.job.document.id
        if run.holds(self.data(job_id)):
            job(job_id).update({"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})
            if job_id in self.tasks:
                self.task_is_delivered(self.tasks.index(job_id), at_once=1)

    @precondition(lambda self: self.runs)
    @rule(pick=PICK, progress=st.floats(0, 150), stage=st.sampled_from(["queued", "encoding", "uploading"]))
    def worker_reports(self, pick: int, progress: float, stage: Any) -> None:
        self.begin("report")
        run = self.chosen(pick)
        run.reporter.report(progress, stage)

        def write() -> None:
            run.reporter._write(run.reporter._progress, stage)
            interruption, run.reporter._interruption = run.reporter._interruption, None
            if interruption is not None:
                raise interruption

        self.writes(run, write)

    @precondition(lambda self: self.runs)
    @rule(pick=PICK)
    def worker_saves(self, pick: int) -> None:
        self.begin("save")
        run = self.chosen(pick)
        checkpoint = {"after": uuid4().hex}
        beside = client().collection(config.JOBS + "-tasks").document(checkpoint["after"])
        written = self.writes(
            run, lambda: run.held.save(checkpoint, lambda batch: batch.create(beside, {"done": True}))
        )
        assert beside.get().exists == written
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
        self.ends("fail for now", self.chosen(pick), Unavailable("Nobody answered. The job is tried again by itself."))

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
        job(ids[pick % len(ids)]).update({"cancelRequested": True, "updatedAt": firestore.SERVER_TIMESTAMP})

    @precondition(lambda self: any(data["status"] in ("failed", "cancelled") for data in self.seen.values()))
    @rule(pick=PICK)
    def owner_retries(self, pick: int) -> None:
        self.begin("retry")
        over = [one for one, data in sorted(self.seen.items()) if data["status"] in ("failed", "cancelled")]
        job_id = over[pick % len(over)]
        self.tasks = [task for task in self.tasks if task != job_id]
        Fence.of(job(job_id).get()).write(renewed())
        self.events.append(job(job_id).get())

    @precondition(lambda self: len(self.seen) > 3)
    @rule(pick=PICK)
    def job_is_deleted(self, pick: int) -> None:
        self.begin("delete")
        job_id = sorted(self.seen)[pick % len(self.seen)]
        if "parentId" not in self.seen[job_id]:
            job(job_id).delete()
            del self.seen[job_id]

    @precondition(lambda self: self.step != "wait")
    @rule()
    def time_passes(self) -> None:
        """Leases lapse, what waits for its time is due."""
        self.begin("wait")
        past = datetime.now(UTC) - timedelta(seconds=1)
        for job_id, data in self.seen.items():
            if "lease" in data:
                job(job_id).update({"lease.expiresAt": past})
            elif "runAfter" in data and not has_ended(data["status"]):
                job(job_id).update({"runAfter": past})

    @precondition(lambda self: self.step != "sweep")
    @rule(everything=st.booleans())
    def sweeper_runs(self, everything: bool) -> None:
        self.begin("sweep")
        # At any other minute than a tenth, the sweeper looks at less; here, at none that are merely pending.
        sweep((datetime.now(UTC) + timedelta(hours=1)).replace(minute=0 if everything else 1))

    @precondition(lambda self: self.step != "set")
    @rule(paused=st.sampled_from([False, False, True]), at_once=st.sampled_from([None, 1, 2]))
    def admin_sets(self, paused: bool, at_once: int | None) -> None:
        self.begin("set")
        self.at_once = at_once
        limit = {"userLimits": {"atOnce": at_once}} if at_once else {}
        self.settings.set({"paused": ["video-processing"] if paused else [], **limit})
        forget()

    # --- What must be so ---------------------------------------------------------------------------

    @invariant()
    def only_what_is_legal_has_happened(self) -> None:
        now = {snapshot.id: snapshot.to_dict() or {} for snapshot in client().collection(config.JOBS).get()}
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
            self.settings.delete()
            self.patched.undo()
            forget()

    def every_job_ends(self) -> None:
        """Whatever has happened: time, the sweeper and workers that do their work end every job."""
        self.admin_sets(paused=False, at_once=self.at_once)
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
        for owner in client().collection(config.JOB_USERS).get():
            running = (owner.to_dict() or {}).get("running", {})
            owner.reference.update({"running": {one: since - 2 * limits.FORGOTTEN for one, since in running.items()}})

    # --- How -----------------------------------------------------------------------------------------

    def begin(self, step: str) -> None:
        self.step = step
        self.sound = False

    def ends(self, step: str, run: Run, result: Any, dies: bool = False) -> None:
        """Lets an attempt make its final write; perhaps that is the last that its worker does."""
        self.begin(step)
        document = run.held.job.document
        if self.writes(run, lambda: work._end(run.held, result)):
            self.runs.remove(run)
        if document.parent_id is not None and not dies:
            settle(document.parent_id)

    def writes(self, run: Run, write: Callable[[], object]) -> bool:
        """Lets an attempt write; it succeeds just where the attempt holds the job. Returns whether it did."""
        reference = job(run.held.job.document.id)
        before = reference.get()
        data = before.to_dict() or {}
        try:
            write()
        except LeaseLost:
            assert not run.holds(data)
            assert reference.get().update_time == before.update_time
            return False
        except JobCancelled:
            assert run.holds(data)
            assert data["cancelRequested"]
            run.told_of_cancel = True
            return False
        assert run.holds(data)
        assert run.told_of_cancel or not data.get("cancelRequested") or self.step not in ("report", "save")
        return True

    def counted(self, owner: str) -> int:
        """How many of a user's jobs run that began while users were limited."""
        running = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "processing"))
        found = [snapshot.to_dict() or {} for snapshot in running.get()]
        return sum(data["userId"] == owner and "lease" in data and data["id"] in self.limited for data in found)

    def chosen(self, pick: int) -> Run:
        """An attempt: often one that holds its job, and sometimes a zombie."""
        holding = [run for run in self.runs if run.holds(self.seen.get(run.held.job.document.id, {}))]
        runs = holding if holding and pick % 4 else self.runs
        return runs[pick % len(runs)]

    def cancellable(self) -> list[str]:
        """The jobs that the rules let their owners cancel, and that they have not."""
        return [
            one
            for one, data in sorted(self.seen.items())
            if not has_ended(data["status"]) and "cancelRequested" not in data
        ]

    def data(self, job_id: str) -> Fields:
        return job(job_id).get().to_dict() or {}


def check_state(data: Fields) -> None:
    """What is true of a document at any time."""
    status = data["status"]
    attempts = [attempt["errorCode"] for attempt in data.get("attempts", [])]
    waits_for_children = status == "processing" and data["stage"] == RUNNING_JOBS
    assert ("lease" in data) == (status == "processing" and not waits_for_children)
    assert data.get("attempt", 0) <= data.get("maxAttempts", config.MAX_ATTEMPTS)
    assert (data.get("progress", 0) == 100) == (status == "completed")
    assert ("output" in data) == (
        status == "completed" or (status == "cancelled" and data.get("stage") == RUNNING_JOBS)
    )
    assert ("error" in data) == ("errorCode" in data)
    assert "errorCode" in data or status not in ("failed", "cancelled")
    if status in ("pending", "processing") and "errorCode" in data:
        assert data["errorCode"] in attempts
    assert "errorCode" not in data or status != "completed"
    assert ("completedAt" in data, "expiresAt" in data) == (has_ended(status),) * 2
    assert "checkpoint" not in data or not has_ended(status)


def check_change(step: str, before: Fields, after: Fields) -> None:
    """What a step may change of a document."""
    was, now = before["status"], after["status"]
    if was == now:
        assert before == after or not has_ended(was)
    else:
        assert step in LEGAL.get((was, now), ()), f"{was} -> {now} by '{step}'"
    attempt = before.get("attempt", 0)
    if _token(after) not in (None, _token(before)):
        assert (after["attempt"], after["progress"]) == (attempt + 1, 0)
    elif has_ended(was) and now == "pending":
        assert (after["attempt"], after["progress"]) == (0, 0)
    elif step == "hand back" and (was, now) == ("processing", "pending"):
        assert after["attempt"] == attempt - 1
    else:
        assert after.get("attempt", 0) == attempt
        assert after.get("progress", 0) >= before.get("progress", 0)


def _token(data: Fields) -> str | None:
    token: str | None = (data.get("lease") or {}).get("token")
    return token


def _claimed(job_id: str) -> Claim | None:
    try:
        return claim(job_id)
    except NotYetDue:
        return None


def good(owner: str) -> Fields:
    fields = {"type": CHILD.type, "input": CHILD.input, "status": "pending", "createdAt": datetime.now(UTC)}
    return {**fields, "userId": owner}


def job(job_id: str) -> firestore.DocumentReference:
    return client().collection(config.JOBS).document(job_id)


def run_machines(tens: int, steps: int) -> None:
    for _ in range(tens):
        # Ten at a time: beyond these, hypothesis varies those that it has, and finds less that is new.
        chosen = settings(
            max_examples=10,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(Jobs, settings=chosen)


@pytest.mark.timeout(600)
def test_whatever_happens_to_jobs() -> None:
    run_machines(tens=3, steps=40)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_whatever_happens_to_jobs_for_long() -> None:
    run_machines(tens=100, steps=60)


def lost(job: DrivenJob) -> Claim:
    """The first attempt at a job: it has lost it, and does not know."""
    held = job.claim()
    job.lapse()
    return held


@pytest.mark.usefixtures("undelivered")
def test_a_zombie_does_not_take_another_attempts_end_for_its_own() -> None:
    """The owner has retried the job meanwhile: another attempt has the same number."""
    job = DrivenJob(maxAttempts=1)
    zombie = lost(job)
    assert claim(job.id) is None
    Fence.of(job.reference.get()).write(renewed())
    job.claim().end(completed(JobOutput(files=[])))
    with pytest.raises(LeaseLost):
        zombie.end(completed(JobOutput(files=[])))


@pytest.mark.usefixtures("undelivered")
def test_a_zombie_whose_job_was_its_last_attempt_saves_nothing() -> None:
    job = DrivenJob(maxAttempts=1)
    zombie = lost(job)
    assert claim(job.id) is None
    with pytest.raises(LeaseLost):
        zombie.save({"after": "a"})
