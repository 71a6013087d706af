"""Many sweeps in turn: their cost, their order, and the turn of each job, which must come.

A sweep is measured by the documents that it reads. A query that finds nothing counts as one, as in Firestore.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from google.api_core import exceptions

from engine.counted import MINUTE, NOTHING, NOW, Counted, sweep_at, sweeps, write
from engine.driven import DrivenJob, Meddled
from engine.hosts import Dated
from engine.stores import AllInMemory
from stoker import config
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Create, Write
from stoker.jobs.children import child_id
from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.jobs.sweeper import EVERYTHING_MINUTES, MOST_OWNERS, MOST_PARENTS, MOST_RECHECKED, RECHECK_MINUTES
from stoker.jobs.walk import Cursors

pytestmark = [pytest.mark.parametrize("engine", ["memory"], indirect=True), pytest.mark.usefixtures("dated")]


@pytest.fixture
def documents(engine: AllInMemory, dated: Dated) -> Counted:
    engine.documents = documents = Counted(engine.documents, dated)
    return documents


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
def test_each_step_has_its_share_of_the_time(documents: Counted, dated: Dated, queued: list[str]) -> None:
    """Firestore is so slow that no step can finish. Each of them gets on, and all are done in the end."""
    lapsed = write(200, status="processing", lease={"token": "t", "expiresAt": NOW - MINUTE})
    due = write(200, runAfter=NOW - MINUTE)
    new = write(200)
    stopping = write(200, cancelRequested=True, createdAt=NOW)
    documents.seconds = 0.2
    began = dated.time
    sweep_at(NOW)
    assert dated.time - began <= config.SWEEP_SECONDS + 60
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
    """Reads are answered and writes are not, for longer than the overlap between looks at new jobs."""
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
