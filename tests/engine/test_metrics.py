"""The fields of the log that Cloud Monitoring counts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.driven import DrivenJob
from stoker.errors import Unavailable, UnsupportedMedia
from stoker.jobs.attempt import Worker, run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.dispatch import dispatch
from stoker.models.job import JobOutput


def events(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The structured events that were logged since the last call."""
    lines = [json.loads(line) for line in "".join(captured.readouterr()).splitlines() if line.startswith("{")]
    return [line for line in lines if "event" in line]


def ending_with(error: Exception | None) -> Worker[Any]:
    def works(context: JobContext, job_input: Any) -> JobOutput:
        if error is not None:
            raise error
        return JobOutput(files=[])

    return works


def test_a_job_is_counted_with_its_times(capsys: pytest.CaptureFixture[str]) -> None:
    job = DrivenJob(createdAt=datetime.now(UTC) - timedelta(seconds=30))
    dispatch(job.found())
    run_attempt(job.id, ending_with(None))
    queued, began, ended = events(capsys)
    assert [one["event"] for one in (queued, began, ended)] == ["job-queued", "attempt-began", "job-ended"]
    assert {one["jobType"] for one in (queued, began, ended)} == {"video-processing"}
    assert {one["jobId"] for one in (queued, began, ended)} == {job.id}
    assert 30 <= began["queueSeconds"] < 60
    assert ended["status"] == "completed"
    assert 0 <= ended["runSeconds"] < 30 <= ended["totalSeconds"] < 60


def test_a_retry_and_a_failure_are_counted_by_their_code(capsys: pytest.CaptureFixture[str]) -> None:
    job = DrivenJob()
    run_attempt(job.id, ending_with(Unavailable("Storage is away.")))
    _, retried = events(capsys)
    assert (retried["event"], retried["errorCode"], retried["attempt"]) == ("job-retried", "unavailable", 1)
    job.become_due()
    run_attempt(job.id, ending_with(UnsupportedMedia("no")))
    began, ended = events(capsys)
    assert "queueSeconds" not in began  # it is the back-off's, not the queue's
    assert (ended["status"], ended["errorCode"], ended["attempt"]) == ("failed", "unsupported-media", 2)


def test_a_job_that_can_not_run_is_counted_too(capsys: pytest.CaptureFixture[str]) -> None:
    job = DrivenJob(input={})
    dispatch(job.found())
    [ended] = events(capsys)
    assert (ended["event"], ended["status"], ended["errorCode"]) == ("job-ended", "failed", "invalid-job")
    assert ended["jobType"] == "video-processing"
