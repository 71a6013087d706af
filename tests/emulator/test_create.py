"""Jobs that Python code writes: checked before they are written, and the same as a client's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.api_core import exceptions
from google.cloud import firestore

from development.user import User
from stoker import config
from stoker.errors import InvalidJob, JobExists, Unavailable, UnsupportedType
from stoker.jobs.create import create_processing_job

SOURCE = {"source": "user-uploads/ada/cat.mov"}


@pytest.fixture
def jobs(database: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> firestore.CollectionReference:
    """An empty collection that no trigger knows of."""
    monkeypatch.setattr(config, "JOBS", f"createTests/{uuid4()}/jobs")
    return database.collection(config.JOBS)


def test_a_job_that_python_wrote_runs(user: User, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    job_id = create_processing_job(user.id, "video-processing", {"source": source, "outputs": [{"kind": "poster"}]})
    assert user.result(job_id)["status"] == "completed"


def test_it_is_the_document_that_a_client_writes(jobs: firestore.CollectionReference) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    before = datetime.now(UTC)
    name = create_processing_job(
        "ada", "video-processing", SOURCE, job_id="my-job_1", run_after=later, dedupe_key="cat.mov"
    )
    assert name == "my-job_1"
    job = jobs.document(name).get().to_dict() or {}
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


def test_ids_are_chosen_where_none_is_given(jobs: firestore.CollectionReference) -> None:
    names = {create_processing_job("ada", "video-processing", SOURCE) for _ in range(3)}
    assert {snapshot.id for snapshot in jobs.stream()} == names
    assert len(names) == 3


def test_a_job_that_exists_stays_as_it_is(jobs: firestore.CollectionReference) -> None:
    create_processing_job("ada", "video-processing", SOURCE, job_id="one")
    before = jobs.document("one").get()
    with pytest.raises(JobExists, match="There is a job one already"):
        create_processing_job("bob", "video-processing", {"source": "public/b.mov"}, job_id="one")
    assert jobs.document("one").get().update_time == before.update_time


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"user_id": ""}, ["userId"]),
        ({"type": "video-destroying"}, ["type"]),
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
def test_what_can_not_run_is_refused_with_every_problem_named(
    jobs: firestore.CollectionReference, arguments: dict[str, Any], said: list[str]
) -> None:
    good: dict[str, Any] = {"user_id": "ada", "type": "video-processing", "input": SOURCE}
    with pytest.raises(InvalidJob) as refused:
        create_processing_job(**{**good, **arguments})
    assert all(f" {one}" in refused.value.message for one in said)
    assert list(jobs.stream()) == []


def test_a_type_that_no_worker_does_is_refused(
    jobs: firestore.CollectionReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoker.registry.job_types", dict)
    with pytest.raises(UnsupportedType, match="'batch-operation'"):
        create_processing_job("ada", "batch-operation", {})
    assert list(jobs.stream()) == []


def test_a_write_whose_answer_was_lost_is_told_apart_from_another_job(
    jobs: firestore.CollectionReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = firestore.DocumentReference.create

    def lose_the_answer(reference: Any, data: Any, **options: Any) -> Any:
        create(reference, data, **options)
        if options.get("retry", "the library's") is None:
            raise exceptions.ServiceUnavailable("the connection was reset")
        return create(reference, data, **options)  # as the client library does by itself

    monkeypatch.setattr(firestore.DocumentReference, "create", lose_the_answer)
    name = create_processing_job("ada", "video-processing", SOURCE)
    assert jobs.document(name).get().exists
    with pytest.raises(Unavailable, match="Create it again with job_id='two'"):
        create_processing_job("ada", "video-processing", SOURCE, job_id="two")
    monkeypatch.undo()
    assert jobs.document("two").get().exists
