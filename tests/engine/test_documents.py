"""Documents in memory do what Firestore does, as far as the engine asks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP, Increment

from engine.driven import DrivenJob
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import Documents
from stoker.firestore.selection import Cursor, Selection
from stoker.firestore.writes import Create, Delete, Merge, Update, Write
from stoker.jobs.store import Store
from stoker.queries import job_queries

NOW = datetime.now(UTC)
PATH = "tasks/spring"


@pytest.fixture
def documents(engine: Store) -> Documents:
    return engine.documents


def data(documents: Documents, path: str = PATH, *fields: str) -> dict[str, Any]:
    found = documents.get(path, fields)
    return dict(found.data) if found is not None else {}


def test_a_document_is_read_as_it_was_written(documents: Documents) -> None:
    fields = {"a": 1, "b": [1, {"c": "d"}], "e": {"f": {"g": None}}, "h": NOW, "i": 0.5, "j": True}
    [written] = documents.commit([Create(PATH, fields)])
    found = documents.get(PATH)
    assert found is not None
    assert (found.path, found.id, found.data, found.update_time) == (PATH, "spring", fields, written.update_time)
    assert documents.get("tasks/autumn") is None


def test_some_fields_are_read_alone(documents: Documents) -> None:
    documents.commit([Create(PATH, {"a": {"b": 1, "c": 2}, "d": 3})])
    assert data(documents, PATH, "a.b", "missing") == {"a": {"b": 1}}
    [found] = documents.get_all([PATH, "tasks/autumn"], ["d"])
    assert (found.path, found.data) == (PATH, {"d": 3})


@pytest.mark.parametrize("path", ["tasks/.", "tasks/..", "tasks"])
def test_a_path_that_no_document_can_have_is_refused(documents: Documents, path: str) -> None:
    with pytest.raises((exceptions.InvalidArgument, ValueError)):
        documents.get(path)


REFUSED: dict[str, list[Write]] = {
    "a document that exists is made": [Create(PATH, {})],
    "a document that does not exist is changed": [Update("tasks/autumn", {"a": 2})],
    "a document that does not exist is deleted": [Delete("tasks/autumn")],
    "a document is not as it was": [Update(PATH, {"a": 2}, NOW - timedelta(days=1))],
    "a document to be deleted is not as it was": [Delete(PATH, NOW - timedelta(days=1))],
    "a document is gone": [Update("tasks/autumn", {"a": 2}, NOW - timedelta(days=1))],
}


@pytest.mark.parametrize("writes", REFUSED.values(), ids=REFUSED.keys())
def test_a_commit_of_which_a_condition_does_not_hold_changes_nothing(documents: Documents, writes: list[Write]) -> None:
    documents.commit([Create(PATH, {"a": 1})])
    before = documents.get(PATH)
    with pytest.raises(Conflict):
        documents.commit([Create("tasks/winter", {}), *writes])
    assert documents.get(PATH) == before
    assert documents.get("tasks/winter") is None


def test_each_write_makes_the_next_condition(documents: Documents) -> None:
    [first] = documents.commit([Create(PATH, {"a": 1})])
    [second] = documents.commit([Update(PATH, {"a": 2}, first.update_time)])
    assert second.update_time > first.update_time
    with pytest.raises(Conflict):
        documents.commit([Update(PATH, {"a": 3}, first.update_time)])
    documents.commit([Delete(PATH, second.update_time)])
    assert documents.get(PATH) is None


def test_a_write_that_changes_nothing_makes_no_new_condition(documents: Documents) -> None:
    """Source: https://cloud.google.com/firestore/docs/reference/rest/v1/WriteResult (`updateTime`)."""
    [first] = documents.commit([Create(PATH, {"a": 1, "b": {"c": NOW}})])
    [second] = documents.commit([Update(PATH, {"a": 1, "b": {"c": NOW}}, first.update_time)])
    found = documents.get(PATH)
    assert found is not None
    assert second.update_time == found.update_time == first.update_time


def test_an_update_changes_field_paths(documents: Documents) -> None:
    documents.commit([Create(PATH, {"a": {"b": 1, "c": 2}, "d": 3, "e": {"f": 1}})])
    documents.commit([Update(PATH, {"a.b": 5, "a.n": 6, "d": DELETE_FIELD, "e": {"g": 1}, "gone": DELETE_FIELD})])
    assert data(documents) == {"a": {"b": 5, "c": 2, "n": 6}, "e": {"g": 1}}


def test_a_merge_changes_maps_within_maps_and_makes_what_is_missing(documents: Documents) -> None:
    place: Write = Merge(PATH, {"running": {"one": NOW, "two": NOW}, "waiting": 1})
    documents.commit([place])
    [written] = documents.commit([Merge(PATH, {"running": {"one": DELETE_FIELD}, "waiting": Increment(0)})])
    assert written.sums == {"waiting": 1}
    assert data(documents) == {"running": {"two": NOW}, "waiting": 1}
    [written] = documents.commit([Merge("tasks/autumn", {"running": {"one": DELETE_FIELD}, "waiting": Increment(0)})])
    assert written.sums == {"waiting": 0}
    assert data(documents, "tasks/autumn") in ({"waiting": 0}, {"waiting": 0, "running": {}})


def test_each_sum_has_its_name(documents: Documents) -> None:
    documents.commit([Create(PATH, {"b": 1, "a": {"2026-11-26": 10}})])
    sums = {"b": Increment(1), "a": {"2026-11-26": Increment(2), "2026-11-25": Increment(3)}, "c": SERVER_TIMESTAMP}
    [written] = documents.commit([Merge(PATH, sums)])
    assert written.sums == {"b": 2, "a.2026-11-26": 12, "a.2026-11-25": 3}


def test_the_servers_time_and_sums_are_filled_in(documents: Documents) -> None:
    documents.commit([Create(PATH, {"at": SERVER_TIMESTAMP, "count": 2, "deep": {"at": SERVER_TIMESTAMP}})])
    [written] = documents.commit([Update(PATH, {"count": Increment(3), "updatedAt": SERVER_TIMESTAMP})])
    assert written.sums == {"count": 5}
    found = data(documents)
    assert found["count"] == 5
    assert found["at"] == found["deep"]["at"] <= found["updatedAt"]
    assert abs(found["updatedAt"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_was_read_does_not_change(documents: Documents) -> None:
    documents.commit([Create(PATH, {"a": {"b": 1}})])
    before = documents.get(PATH)
    documents.commit([Update(PATH, {"a.b": 2})])
    assert before is not None
    assert before.data == {"a": {"b": 1}}


def test_what_is_found_is_sorted_and_has_the_field(documents: Documents) -> None:
    ages = [timedelta(minutes=minutes) for minutes in (3, 1, 2)]
    jobs = [DrivenJob(createdAt=NOW - age) for age in ages]
    DrivenJob(createdAt="yesterday")
    DrivenJob(status="failed", createdAt=NOW - timedelta(minutes=4))
    DrivenJob(createdAt=NOW + timedelta(hours=1))
    selection = job_queries.stale_pending(NOW)
    assert [found.id for found in documents.find(selection)] == [jobs[0].id, jobs[2].id, jobs[1].id]
    assert [found.id for found in documents.find(selection.first(2))] == [jobs[0].id, jobs[2].id]
    [oldest, *_] = documents.find(selection.only("createdAt", "lease.expiresAt"))
    assert oldest.data == {"createdAt": NOW - ages[0]}
    since = job_queries.stale_pending(NOW, NOW - timedelta(minutes=2))
    assert [found.id for found in documents.find(since)] == [jobs[2].id, jobs[1].id]


def test_fields_within_maps_are_found(documents: Documents) -> None:
    lapsed = DrivenJob(status="processing", lease={"token": "t", "expiresAt": NOW - timedelta(1)})
    DrivenJob(status="processing", lease={"token": "t", "expiresAt": NOW + timedelta(1)})
    DrivenJob(status="processing")
    assert [found.id for found in documents.find(job_queries.lapsed_leases(NOW))] == [lapsed.id]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(
    "selection",
    [
        job_queries.stale_pending(NOW),
        job_queries.cancelled_while_waiting(),
        job_queries.owners_that_wait("ada"),
    ],
)
def test_places_lead_to_each_document_once(documents: Documents, selection: Selection, size: int) -> None:
    """Also if many documents have the same time, and if a query is sorted by the documents' names alone."""
    for number in range(7):
        fields = {"createdAt": NOW - timedelta(seconds=10 - number // 3), "cancelRequested": True}
        DrivenJob(user_id=f"bob{number // 3}", stage="waiting-for-other-jobs", **fields)
    selection = selection.only("createdAt", "userId")
    every = [one.id for one in documents.find(selection)]
    found = list[str]()
    place: Cursor | None = None
    while page := documents.find(selection.following(place).first(size)):
        found += [one.id for one in page]
        place = selection.cursor_of(page[-1].id, page[-1].data)
    assert found == every
    assert len(set(found)) == 7


def test_documents_are_counted_and_added_up(documents: Documents) -> None:
    for status, progress in (("pending", 0), ("processing", 12.5), ("processing", 30), ("completed", 100)):
        DrivenJob(parentId="holiday", status=status, progress=progress)
    DrivenJob(parentId="holiday")  # It has no progress, so the index of the progress lacks it.
    DrivenJob(parentId="another", progress=7)
    assert documents.count_and_sum(job_queries.childrens_progress("holiday"), "progress") == (3, 42.5)
    assert documents.count_and_sum(job_queries.childrens_progress("nobody"), "progress") == (0, 0)


def test_a_document_of_more_than_a_megabyte_is_refused(documents: Documents) -> None:
    documents.commit([Create(PATH, {"a": 1})])
    with pytest.raises(exceptions.InvalidArgument):
        documents.commit([Update(PATH, {"b": "x" * 1024**2})])
    assert data(documents) == {"a": 1}
