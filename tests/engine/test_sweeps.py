"""Sweep after sweep: what they cost, who comes first, and that each job's turn comes.

A sweep is measured by the documents that it reads. A query that finds nothing counts as one, as in Firestore.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions

from engine.driven import DrivenJob, Meddled, finish
from engine.stores import AllInMemory
from stoker import config, registry
from stoker.errors import Unavailable
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Create, Write, Written
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.children import child_id
from stoker.jobs.events import FailedTransiently, OutOfTime, Preempted, Succeeded
from stoker.jobs.job import path_of
from stoker.jobs.lease import Lease
from stoker.jobs.store import store
from stoker.jobs.sweeper import EVERYTHING_MINUTES, MOST_OWNERS, MOST_PARENTS, MOST_RECHECKED, RECHECK_MINUTES, sweep
from stoker.jobs.walk import OVERLAP, Cursors
from stoker.models.job import JobOutput
from unit.firestore.clocks import StillHost

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
NOTHING = 2 * len(registry.job_types()) + 12
"""The most documents that a sweep reads if there is no job: a query for each step, and the places. Two steps have a
query for each type of job."""

pytestmark = pytest.mark.parametrize("engine", ["memory"], indirect=True)


class Dated(StillHost):
    """A clock whose time of day is the test's own, too."""

    def __init__(self) -> None:
        super().__init__()
        self.date = NOW

    def now(self) -> datetime:
        return self.date


class Counted(Meddled):
    """Documents whose reads are counted, and take time.

    Attributes:
        reads: Documents that were read.
        seconds: How long each call takes, on the clock of `host`.
        broken: Queries for which this is true fail.
    """

    def __init__(self, documents: Any, host: Dated) -> None:
        super().__init__(documents)
        self.reads = 0
        self.seconds = 0.0
        self.broken: Callable[[Selection], bool] = lambda selection: False
        self._host = host

    def _read(self, count: int) -> None:
        self.reads += max(1, count)
        self._host.time += self.seconds

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        self._read(1)
        return self.documents.get(path, fields)

    def find(self, selection: Selection) -> list[StoredDocument]:
        if self.broken(selection):
            raise exceptions.FailedPrecondition("The query requires an index.")
        found = self.documents.find(selection)
        self._read(len(found))
        return found

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        self._host.time += self.seconds
        return super().commit(writes, once=once)


@pytest.fixture(autouse=True)
def host(engine: AllInMemory) -> Dated:
    engine.host = host = Dated()
    return host


@pytest.fixture
def documents(engine: AllInMemory, host: Dated) -> Counted:
    engine.documents = documents = Counted(engine.documents, host)
    return documents


def write(number: int, **fields: Any) -> list[str]:
    """Write so many jobs at once, each of another user unless it is said whose they are; return their ids."""
    job = {"type": "video-processing", "status": "pending", "createdAt": NOW - 2 * MINUTE}
    ids = [store().host.token() for _ in range(number)]
    owners = {one: {"userId": f"user-{one}", "input": {"source": f"user-uploads/user-{one}/cat.mov"}} for one in ids}
    store().documents.commit([Create(path_of(one), {**job, **owners[one], **fields, "id": one}) for one in ids])
    return ids


def sweep_at(date: datetime) -> int:
    """Sweep at a time; return how many jobs were found."""
    host: Any = store().host
    host.date = date
    return sweep()


def sweeps(documents: Counted, minutes: int, begin: datetime = NOW) -> list[int]:
    """Sweep each minute; return how many documents each sweep has read."""
    reads = []
    for minute in range(minutes):
        documents.reads = 0
        sweep_at(begin + minute * MINUTE)
        reads.append(documents.reads)
    return reads


@pytest.mark.slow
def test_jobs_that_are_due_in_a_month_are_read_once_an_hour_and_no_more(documents: Counted, queued: list[str]) -> None:
    far = NOW + timedelta(days=29)
    number = MOST_RECHECKED + 250
    ids = write(number, runAfter=far)
    first = sweeps(documents, 6)  # The looks at what is new overlap by three minutes.
    assert sum(first) <= 4 * number + 6 * NOTHING
    assert first[-1] <= NOTHING
    hour = sweeps(documents, EVERYTHING_MINUTES, NOW + 6 * MINUTE)
    assert sum(hour) <= number + EVERYTHING_MINUTES * (NOTHING + 1)
    assert max(hour) <= MOST_RECHECKED + NOTHING
    assert queued == []
    sweeps(documents, 4, far)
    assert set(queued) == set(ids)


@pytest.mark.slow
def test_a_long_queue_is_looked_at_in_turns(documents: Counted, queued: list[str]) -> None:
    """Jobs that wait for their turn in the queue: each may have lost its task."""
    ids = write(MOST_RECHECKED + 100)
    sweeps(documents, 5)
    assert set(queued) == set(ids)
    queued.clear()
    reads = sweeps(documents, RECHECK_MINUTES + 4, NOW + 5 * MINUTE)
    assert set(queued) == set(ids)
    assert max(reads) <= 2 * MOST_RECHECKED + NOTHING  # Each is read once to be found, and once to be dispatched.


@pytest.mark.slow
def test_batches_that_wait_are_looked_at_in_turns_and_after_lapsed_leases(
    documents: Counted, queued: list[str]
) -> None:
    waiting = {"status": "processing", "stage": "running-jobs", "children": 1, "startedAt": NOW, "attempt": 1}
    ids = write(2 * MOST_PARENTS + 7, **waiting)
    alive: list[dict[str, Any]] = [
        {"id": child_id(one, 0), "parentId": one, "status": "processing", "progress": 50} for one in ids
    ]
    store().documents.commit([Create(path_of(child["id"]), child) for child in alive])
    lapsed = DrivenJob(status="processing", lease={"token": "t", "expiresAt": NOW - MINUTE})

    def seen() -> set[str]:
        found = [one for one in ids if DrivenJob.there(one).data().get("progress") == 50]
        return set(found)

    documents.seconds = 0.1
    looked_at = [len(seen())]
    for minute in range(3):
        documents.reads = 0
        assert sweep_at(NOW + minute * MINUTE) > 0
        assert queued == [lapsed.id] * (minute + 1)
        assert documents.reads <= 3 * MOST_PARENTS + NOTHING
        looked_at.append(len(seen()))
    assert looked_at == [0, MOST_PARENTS, 2 * MOST_PARENTS, len(ids)]


def test_a_cancelled_batch_does_not_wait_for_its_turn(documents: Counted) -> None:
    waiting = {"status": "processing", "stage": "running-jobs", "children": 1, "startedAt": NOW, "attempt": 1}
    write(2 * MOST_PARENTS, **waiting)
    [cancelled] = write(1, cancelRequested=True, userId="ada", **waiting)
    child = DrivenJob("ada", parentId=cancelled)
    sweep_at(NOW)
    assert child.status == "cancelled"


def test_one_owners_many_waiting_jobs_cost_no_more_than_one_of_them(
    documents: Counted, queued: list[str], settings: Callable[..., None]
) -> None:
    settings(userLimits={"atOnce": 1})
    held: dict[str, Any] = {"stage": "waiting-for-other-jobs", "createdAt": NOW - timedelta(hours=2)}
    write(300, userId="mallory", **held)
    [honest] = write(1, userId="zoe", **held)
    sweeps(documents, 3)
    queued.clear()
    reads = sweeps(documents, RECHECK_MINUTES, NOW + 3 * MINUTE)
    assert honest in queued or DrivenJob.there(honest).data()["stage"] == "queued"
    assert max(reads) <= 50 + NOTHING


@pytest.mark.slow
def test_owners_take_turns_too(documents: Counted, settings: Callable[..., None]) -> None:
    settings(userLimits={"atOnce": 1})
    owners = [f"user{number:03}" for number in range(MOST_OWNERS + 3)]
    ids = [write(1, userId=owner, stage="waiting-for-other-jobs")[0] for owner in owners]

    def woken() -> int:
        return sum(DrivenJob.there(one).data()["stage"] == "queued" for one in ids)

    sweep_at(NOW)
    assert woken() == MOST_OWNERS
    sweep_at(NOW + MINUTE)
    assert woken() == len(ids)


@pytest.mark.slow
def test_each_step_has_its_share_of_the_time(documents: Counted, host: Dated, queued: list[str]) -> None:
    """Firestore is so slow that no step can finish. Each of them gets on, and all are done in the end."""
    lapsed = write(200, status="processing", lease={"token": "t", "expiresAt": NOW - MINUTE})
    due = write(200, runAfter=NOW - MINUTE)
    new = write(200)
    stopping = write(200, cancelRequested=True, createdAt=NOW)
    documents.seconds = 0.2
    began = host.time
    sweep_at(NOW)
    assert host.time - began <= config.SWEEP_SECONDS + 60
    found = set(queued)
    assert found & set(due)
    assert found & set(new)
    assert queued[0] in lapsed
    assert any(DrivenJob.there(one).status == "cancelled" for one in stopping)
    for minute in range(1, 40):
        sweep_at(NOW + minute * MINUTE)
    assert set(queued) == {*lapsed, *due, *new}
    assert all(DrivenJob.there(one).status == "cancelled" for one in stopping)


STEPS: dict[str, Callable[[Selection], bool]] = {
    "lapsed leases": lambda one: "lease.expiresAt" in dict(one.order),
    "due": lambda one: "runAfter" in dict(one.order),
    "stale": lambda one: "createdAt" in dict(one.order),
    "parents": lambda one: ("stage", "==", "running-jobs") in one.filters,
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_fails_keeps_no_other_from_being_made(documents: Counted, queued: list[str], step: str) -> None:
    jobs = {
        "lapsed leases": write(1, status="processing", lease={"token": "t", "expiresAt": NOW - MINUTE}),
        "due": write(1, runAfter=NOW - MINUTE),
        "stale": write(1),
    }
    documents.broken = STEPS[step]
    with pytest.raises(exceptions.FailedPrecondition, match="requires an index"):
        sweep_at(NOW)
    assert set(queued) == {ids[0] for name, ids in jobs.items() if name != step}
    documents.broken = lambda selection: False
    sweep_at(NOW + MINUTE)
    assert set(queued) == {ids[0] for ids in jobs.values()}


def test_without_the_places_a_sweep_looks_at_what_is_new_and_forgets_nothing(
    documents: Counted, queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep_at(NOW - timedelta(hours=1))
    missed = write(1, createdAt=NOW - timedelta(minutes=50))
    new = write(1)
    get = documents.get

    def lost(path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        if path == Cursors.PATH:
            raise exceptions.ServiceUnavailable("Try later.")
        return get(path, fields)

    with monkeypatch.context() as outage:
        outage.setattr(documents, "get", lost)
        sweep_at(NOW)
    assert queued == new
    sweep_at(NOW + MINUTE)
    assert set(queued) == {*new, *missed}


def test_a_job_that_can_not_be_written_is_tried_until_it_can(
    documents: Counted, queued: list[str], meddled: Meddled
) -> None:
    """Reads are answered and writes are not, for longer than the looks at what is new overlap."""
    sweep_at(NOW - MINUTE)
    [job] = write(1)

    def down(writes: Sequence[Write]) -> None:
        if writes[0].path == path_of(job):
            raise exceptions.ServiceUnavailable("Try later.")

    documents.before = down
    for minute in range(12):
        sweep_at(NOW + minute * MINUTE)
    assert queued == []
    documents.before = lambda writes: None
    sweep_at(NOW + 12 * MINUTE)
    assert queued == [job]


def test_a_job_that_can_never_be_brought_back_holds_nobody_up(documents: Counted, queued: list[str]) -> None:
    sweep_at(NOW - MINUTE)
    [poison] = write(1)

    def refuse(writes: Sequence[Write]) -> None:
        if writes[0].path == path_of(poison):
            raise exceptions.ServiceUnavailable("Try later.")

    documents.before = refuse
    for minute in range(45):
        [job] = write(1, createdAt=NOW + (minute - 2) * MINUTE)
        sweep_at(NOW + minute * MINUTE)
        assert job in queued
    documents.reads = 0
    sweep_at(NOW + 45 * MINUTE)
    assert documents.reads <= 60 + NOTHING


# --- Tasks and events that are lost --------------------------------------------------------------


def stale(queued: list[str]) -> DrivenJob:
    """A job whose event was lost, and then the task of the first sweep that has found it."""
    job = DrivenJob(createdAt=NOW - 2 * MINUTE)
    sweep_at(NOW)
    assert queued == [job.id]
    return job


def handed_back(queued: list[str], end: Any = None) -> DrivenJob:
    """A job that was handed back, and whose task does not come again."""
    job = DrivenJob(createdAt=NOW - timedelta(hours=2))
    sweep_at(NOW - 20 * MINUTE)
    finish(job.take(), end or Preempted())
    return job


def out_of_time(queued: list[str]) -> DrivenJob:
    return handed_back(queued, OutOfTime())


def failed_for_now(queued: list[str]) -> DrivenJob:
    return handed_back(queued, FailedTransiently(Unavailable("later"), 60))


def woken(queued: list[str]) -> DrivenJob:
    """A job that had to wait for another, and was woken when that had ended."""
    held: Lease = DrivenJob(createdAt=NOW).take()
    job = DrivenJob(createdAt=NOW - timedelta(hours=2))
    sweep_at(NOW - 20 * MINUTE)
    assert begin_attempt(job.id) is None
    assert job.data()["stage"] == "waiting-for-other-jobs"
    finish(held, Succeeded(JobOutput(files=[])))
    assert job.data()["stage"] == "queued"
    return job


@pytest.mark.parametrize("lose", [stale, handed_back, out_of_time, failed_for_now, woken])
def test_a_job_whose_task_was_lost_is_found_again(
    lose: Callable[[list[str]], DrivenJob], queued: list[str], settings: Callable[..., None]
) -> None:
    settings(userLimits={"atOnce": 1})
    job = lose(queued)
    queued.clear()
    for minute in range(1, RECHECK_MINUTES + 5):
        sweep_at(NOW + minute * MINUTE)
    assert job.id in queued


def test_a_job_that_is_written_with_an_old_time_is_found_within_the_hour(queued: list[str]) -> None:
    """As by a script that restores documents. Its event is lost."""
    sweep_at(NOW)
    job = DrivenJob(createdAt=NOW - timedelta(days=3))
    for minute in range(1, EVERYTHING_MINUTES + 2):
        sweep_at(NOW + minute * MINUTE)
    assert queued == [job.id]
    assert job.data()["runAfter"] == NOW - timedelta(days=3)


def test_a_sweep_that_did_not_run_for_a_day_leaves_no_gap(queued: list[str]) -> None:
    sweep_at(NOW - timedelta(days=1))
    ids = [
        DrivenJob(createdAt=NOW - timedelta(hours=hours), runAfter=due).id for hours in (20, 9, 1) for due in (None,)
    ]
    late = DrivenJob(createdAt=NOW - timedelta(days=2), runAfter=NOW - timedelta(hours=12))
    sweep_at(NOW)
    assert set(queued) == {*ids, late.id}


def test_a_sweep_whose_clock_was_ahead_hides_no_job(queued: list[str]) -> None:
    sweep_at(NOW + timedelta(hours=5))
    job = DrivenJob(createdAt=NOW - 2 * MINUTE)
    sweep_at(NOW)
    assert queued == [job.id]


def test_what_is_found_is_queued_at_once_and_once(queued: list[str]) -> None:
    sweep_at(NOW)
    job = DrivenJob(createdAt=NOW)
    sweep_at(NOW + 2 * MINUTE)
    assert queued == [job.id]
    assert job.data()["runAfter"] == job.data()["createdAt"]
    assert OVERLAP > MINUTE
