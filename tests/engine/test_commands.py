"""Jobs are cancelled and retried by Python code."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from engine.driven import ENDED, NOW, DrivenJob
from stoker import registry
from stoker.errors import InvalidJob, JobNotFound, NotCancellable, NotRetryable, UnsupportedType
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.store import Store


def written(job_id: str, **fields: Any) -> DrivenJob:
    """A job as it was left."""
    job = DrivenJob.there(job_id)
    job.set({**ENDED, "id": job_id, **fields})
    return job


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_an_ended_job_becomes_as_new_and_keeps_its_history(queued: list[str], status: str) -> None:
    job = written("one", status=status)
    retry_job("one")
    data = job.data()
    assert data.pop("updatedAt") > NOW
    assert NOW < data.pop("runAfter") <= datetime.now(UTC)  # due, for the sweeper
    assert data == {
        "id": "one",
        "status": "pending",
        "stage": "queued",
        "progress": 0,
        "attempt": 0,
        **{name: ENDED[name] for name in ("userId", "type", "input", "createdAt", "attempts")},
    }
    assert queued == ["one"]


@pytest.mark.parametrize(
    ("status", "message"),
    [("pending", "has not ended"), ("processing", "has not ended"), ("completed", "write a new job")],
)
def test_a_job_that_is_under_way_or_done_stays_as_it_is(queued: list[str], status: str, message: str) -> None:
    job = written("two", status=status)
    before = job.found()
    with pytest.raises(NotRetryable, match=message):
        retry_job("two")
    assert job.found().update_time == before.update_time
    assert queued == []


@pytest.mark.parametrize("job_id", ["no-such-job", "", "a/b", "a/b/c", ".", "x" * 2000])
def test_there_must_be_such_a_job(queued: list[str], job_id: str) -> None:
    with pytest.raises(JobNotFound, match="There is no job"):
        retry_job(job_id)
    with pytest.raises(JobNotFound, match="There is no job"):
        cancel_job(job_id)


def test_a_job_that_can_never_run_is_not_started_again(queued: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    video = registry.job_types()["video-processing"]
    monkeypatch.setattr("stoker.registry.job_types", lambda: {video.name: video})
    for fields, error in (
        ({"input": {"source": 5}}, InvalidJob),
        ({"type": "audio-generation", "input": {}}, UnsupportedType),
    ):
        job = written("three", **fields)
        with pytest.raises(error):
            retry_job("three")
        assert job.status == "failed"
    assert queued == []


@pytest.mark.parametrize("engine", [pytest.param("firestore", marks=pytest.mark.emulator)], indirect=True)
def test_a_job_that_can_never_be_decoded_is_not_started_again(engine: Store, queued: list[str]) -> None:
    """A store in memory holds no references."""
    elsewhere = firestore.Client(project="another", credentials=AnonymousCredentials()).document("a/b")
    job = written("three", input={"source": elsewhere})
    with pytest.raises(InvalidJob):
        retry_job("three")
    found = engine.documents.get(job.path, ["status"])
    assert found is not None
    assert found.data["status"] == "failed"
    assert queued == []


def test_of_many_retries_one_counts(queued: list[str]) -> None:
    written("four")

    def attempt(_: int) -> bool:
        try:
            retry_job("four")
        except NotRetryable:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert queued == ["four"]


def test_only_a_job_that_has_not_ended_is_cancelled(queued: list[str]) -> None:
    for status in ("pending", "processing"):
        job = written("five", status=status, cancelRequested=False)
        cancel_job("five")
        data = job.data()
        assert (data["cancelRequested"], data["status"]) == (True, status)
        assert data["updatedAt"] > NOW
    for status in ("completed", "failed", "cancelled"):
        job = written("five", status=status)
        before = job.found()
        with pytest.raises(NotCancellable, match=f"it is {status}"):
            cancel_job("five")
        assert job.found().update_time == before.update_time


@pytest.mark.parametrize("attempts", [5, True, 1.5, "many", NOW])
def test_a_history_that_is_none_fails_the_job(queued: list[str], attempts: Any) -> None:
    """An import or an admin's script may write it."""
    dispatched, taken, cancelled = (DrivenJob(attempts=attempts) for _ in range(3))
    dispatch(dispatched.found())
    assert begin_attempt(taken.id) is None
    for job in (dispatched, taken):
        assert (job.status, job.data()["errorCode"]) == ("failed", "invalid-job")
    cancel_job(cancelled.id)
    assert cancelled.data()["cancelRequested"] is True
    assert queued == []
