"""Each end of a job is an event, written in the commit of the end."""

from typing import Any

import pytest
from stoker.jobs.claim import Claim
from stoker.jobs.end import completed, pending_again

from emulator.driven import DrivenJob
from stoker import config
from stoker.errors import LeaseLost, Unavailable
from stoker.firestore.client import client
from stoker.jobs.attempt import work
from stoker.jobs.dispatch import dispatch
from stoker.models.analytics import AnalyticsEvent
from stoker.models.job import JobOutput

pytestmark = pytest.mark.usefixtures("undelivered", "queued", "apart")


def told() -> list[AnalyticsEvent]:
    events = client().collection(config.ANALYTICS_EVENTS).stream()
    return [AnalyticsEvent.from_firestore(event.to_dict() or {}) for event in events]


def nothing(run: Any, job_input: Any) -> JobOutput:
    return JobOutput(files=[])


def test_a_job_that_completes_is_told_once() -> None:
    job = DrivenJob()
    work(job.id, nothing)
    work(job.id, nothing)
    [event] = told()
    assert (event.name, event.user_id, event.rolled_up) == ("job.completed", "ada", False)
    assert event.properties == {"type": "video-processing"}
    assert event.value is not None
    assert 0 <= event.value < 60


def test_a_job_that_can_not_run_is_told_with_its_code() -> None:
    job = DrivenJob(input={"source": "user-uploads/bob/secret.mov", "ghost": 1})
    dispatch(job.reference.get())
    [event] = told()
    assert event.name == "job.failed"
    assert event.properties == {"type": "video-processing", "errorCode": "invalid-job"}


def test_a_job_that_is_cancelled_while_it_waits_is_told() -> None:
    job = DrivenJob(cancelRequested=True)
    dispatch(job.reference.get())
    assert [event.name for event in told()] == ["job.cancelled"]


def test_an_attempt_that_is_not_the_last_is_no_end(job: DrivenJob) -> None:
    job.claim().end(pending_again(Unavailable("Later."), 1))
    assert told() == []


def test_who_has_lost_the_job_tells_nothing(job: DrivenJob) -> None:
    held: Claim = job.claim()
    job.lapse()
    job.claim()
    with pytest.raises(LeaseLost):
        held.end(completed(JobOutput(files=[])))
    assert told() == []


@pytest.mark.parametrize("user_id", [None, 7, "a/b", {"a": 1}])
def test_a_job_of_nobody_ends_without_an_event(user_id: Any) -> None:
    job = DrivenJob(userId=user_id)
    dispatch(job.reference.get())
    assert job.status == "failed"
    assert told() == []


def test_the_deletion_of_a_user_leaves_no_event_behind() -> None:
    job = DrivenJob(type="batch-operation", input={"operation": "delete-user-data"}, cancelRequested=True)
    dispatch(job.reference.get())
    assert job.status == "cancelled"
    assert told() == []
