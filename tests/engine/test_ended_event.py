"""Each end of a job is an event, written in the commit of the end."""

import json
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from pydantic import ValidationError

from engine.driven import DrivenJob
from stoker.errors import LeaseLost, Unavailable
from stoker.jobs.attempt import run_attempt
from stoker.jobs.children import ChildJob, Children, update_parent
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import FailedTransiently, Succeeded
from stoker.jobs.lease import Lease
from stoker.jobs.store import Store, store
from stoker.jobs.sweeper import sweep
from stoker.models.analytics import AnalyticsEvent, ServerEvent
from stoker.models.job import JobOutput
from stoker.queries import declared


def recorded() -> list[ServerEvent]:
    found = store().documents.find(declared.EVENTS_BY_MARK.selection(("rolledUp", "==", False)))
    return [ServerEvent.from_firestore(event.data) for event in found]


def nothing(run: Any, job_input: Any) -> JobOutput:
    return JobOutput(files=[])


def test_the_end_of_a_completed_job_is_recorded_once() -> None:
    job = DrivenJob()
    run_attempt(job.id, nothing)
    run_attempt(job.id, nothing)
    [event] = recorded()
    assert (event.name, event.user_id, event.rolled_up) == ("job.completed", "ada", False)
    assert event.properties == {"type": "video-processing"}
    assert event.value is not None
    assert 0 <= event.value < 60


@pytest.mark.parametrize("field", ["id", "name"])
def test_no_client_can_write_the_event_of_an_end_or_take_its_id(field: str) -> None:
    job = DrivenJob()
    run_attempt(job.id, nothing)
    [event] = recorded()
    by_client = {**event.to_firestore(), "id": "a", "name": "video.played", field: getattr(event, field)}
    with pytest.raises(ValidationError):
        AnalyticsEvent.from_firestore(by_client)


def test_the_end_of_a_job_that_can_not_run_is_recorded_with_its_code() -> None:
    job = DrivenJob(input={"source": "user-uploads/bob/secret.mov", "ghost": 1})
    dispatch(job.found())
    [event] = recorded()
    assert event.name == "job.failed"
    assert event.properties == {"type": "video-processing", "errorCode": "invalid-job"}


def test_the_end_of_a_job_that_is_cancelled_while_it_waits_is_recorded() -> None:
    job = DrivenJob(cancelRequested=True)
    dispatch(job.found())
    assert [event.name for event in recorded()] == ["job.cancelled"]


def test_an_attempt_that_is_not_the_last_is_no_end(job: DrivenJob) -> None:
    job.take().end(FailedTransiently(Unavailable("Later."), 60))
    assert recorded() == []


def test_an_attempt_that_has_lost_its_lease_records_nothing(job: DrivenJob) -> None:
    held: Lease = job.take()
    job.lapse()
    job.take()
    with pytest.raises(LeaseLost):
        held.end(Succeeded(JobOutput(files=[])))
    assert recorded() == []


@pytest.mark.parametrize("user_id", [None, 7, "a/b", {"a": 1}])
def test_a_job_of_nobody_ends_without_an_event(user_id: Any) -> None:
    job = DrivenJob(userId=user_id)
    dispatch(job.found())
    assert job.status == "failed"
    assert recorded() == []


def parent() -> DrivenJob:
    """A job that waits for a child."""
    job = DrivenJob()
    child = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})
    run_attempt(job.id, lambda context, job_input: Children([child]))
    return job


def counted(captured: pytest.CaptureFixture[str], job: DrivenJob) -> list[dict[str, Any]]:
    """The ends of a job that were logged for Cloud Monitoring."""
    lines = [json.loads(line) for line in "".join(captured.readouterr()).splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == "job-ended" and line["jobId"] == job.id]


def test_the_end_of_a_waiting_job_that_became_invalid_is_recorded_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    job = parent()
    job.update({"dedupeKey": 5})
    update_parent(job.id)
    assert job.status == "failed"
    [event] = recorded()
    assert (event.name, event.user_id, event.properties["errorCode"]) == ("job.failed", "ada", "invalid-job")
    [line] = counted(capsys, job)
    assert (line["status"], line["errorCode"]) == ("failed", "invalid-job")


@pytest.mark.parametrize("engine", [pytest.param("firestore", marks=pytest.mark.emulator)], indirect=True)
@pytest.mark.parametrize("waits", [True, False])
def test_the_end_of_a_job_that_can_not_be_decoded_is_recorded_and_counted(
    engine: Store, waits: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A store in memory holds no references."""
    job = parent() if waits else DrivenJob()
    elsewhere = firestore.Client(project="another", credentials=AnonymousCredentials()).document("a/b")
    job.update({"input.note": elsewhere})
    if waits:
        sweep()
    else:
        run_attempt(job.id, nothing)
    [event] = recorded()
    assert (event.name, event.user_id) == ("job.failed", "ada")
    assert event.properties == {"type": "video-processing", "errorCode": "invalid-job"}
    [line] = counted(capsys, job)
    assert (line["status"], line["errorCode"], line["jobType"]) == ("failed", "invalid-job", "video-processing")


def test_the_deletion_of_a_user_leaves_no_event_behind() -> None:
    job = DrivenJob(type="batch-operation", input={"operation": "delete-user-data"}, cancelRequested=True)
    dispatch(job.found())
    assert job.status == "cancelled"
    assert recorded() == []
