"""Jobs that Python code writes: checked before they are written, and the same as a client's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions

from engine.driven import DrivenJob, Meddled, once
from stoker.errors import InvalidJob, JobExists, Unavailable, UnsupportedType
from stoker.firestore.api_errors import Conflict, DocumentExists, conflict_of
from stoker.firestore.documents import StoredDocument
from stoker.jobs.commands import create_processing_job
from stoker.jobs.store import store
from stoker.queries import job_queries


def jobs() -> list[StoredDocument]:
    """All jobs that wait."""
    return store().documents.find(job_queries.stale_pending(datetime.now(UTC) + timedelta(days=1)))


SOURCE = {"source": "user-uploads/ada/cat.mov"}


def test_it_is_the_document_that_a_client_writes() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    before = datetime.now(UTC)
    name = create_processing_job(
        "ada", "video-processing", SOURCE, job_id="my-job_1", run_after=later, dedupe_key="cat.mov"
    )
    assert name == "my-job_1"
    job = DrivenJob.there(name).data()
    assert timedelta(seconds=-5) < job.pop("createdAt") - before < timedelta(seconds=30)
    assert job == {
        "id": "my-job_1",
        "userId": "ada",
        "type": "video-processing",
        "input": SOURCE,
        "status": "pending",
        "runAfter": later,
        "dedupeKey": "cat.mov",
    }


def test_ids_are_chosen_where_none_is_given() -> None:
    names = {create_processing_job("ada", "video-processing", SOURCE) for _ in range(3)}
    assert {found.id for found in jobs()} == names
    assert len(names) == 3


def test_a_job_that_exists_stays_as_it_is() -> None:
    create_processing_job("ada", "video-processing", SOURCE, job_id="one")
    before = DrivenJob.there("one").found()
    with pytest.raises(JobExists, match="There is a job one already"):
        create_processing_job("bob", "video-processing", {"source": "public/b.mov"}, job_id="one")
    assert DrivenJob.there("one").found().update_time == before.update_time


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"user_id": ""}, ["userId"]),
        ({"input": {}}, ["input.source: is missing"]),
        ({"input": "cat.mov"}, ["input"]),
        ({"job_id": "a/b"}, ["id"]),
        ({"job_id": ""}, ["id"]),
        ({"run_after": datetime(2026, 1, 1)}, ["runAfter: a timestamp needs a time zone"]),
        (
            {"user_id": "a/b", "input": {"source": 5, "outputs": [{"kind": "gif"}]}},
            ["userId", "input.source", "input.outputs[0]: 'gif' is not one of"],
        ),
    ],
)
def test_what_can_not_run_is_refused_with_every_problem_named(arguments: dict[str, Any], named: list[str]) -> None:
    good: dict[str, Any] = {"user_id": "ada", "type": "video-processing", "input": SOURCE}
    with pytest.raises(InvalidJob) as refused:
        create_processing_job(**{**good, **arguments})
    assert all(f" {one}" in refused.value.message for one in named)
    assert jobs() == []


def test_a_type_that_no_worker_does_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stoker.registry.job_types", dict)
    with pytest.raises(UnsupportedType, match="'batch-operation'"):
        create_processing_job("ada", "batch-operation", {})
    assert jobs() == []


def test_a_type_that_does_not_exist_is_refused_with_the_types_that_do() -> None:
    with pytest.raises(UnsupportedType, match=r"'video-destroying'. Use one of these types: video-processing, "):
        create_processing_job("ada", "video-destroying", SOURCE)
    assert jobs() == []


def test_a_write_whose_answer_was_lost_is_distinguished_from_another_job(meddled: Meddled) -> None:
    # The client library sends a commit again by itself, unless it must not: then it meets its own work.
    meddled.after = once(DocumentExists())
    name = create_processing_job("ada", "video-processing", SOURCE)
    assert DrivenJob.there(name).is_there()
    meddled.after = once(exceptions.ServiceUnavailable("the connection was reset"))
    with pytest.raises(Unavailable, match="Create it again with job_id='two'"):
        create_processing_job("ada", "video-processing", SOURCE, job_id="two")
    assert DrivenJob.there("two").is_there()
    assert meddled.sent_once == [False, True]


def test_a_database_that_is_missing_is_an_error(meddled: Meddled) -> None:
    meddled.before = once(conflict_of(exceptions.NotFound("The database (default) does not exist.")))
    with pytest.raises(Conflict, match="does not exist"):
        create_processing_job("ada", "video-processing", SOURCE)
