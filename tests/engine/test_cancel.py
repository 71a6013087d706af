"""A cancel stops an attempt, whenever it arrives."""

import contextlib

import pytest

from engine.driven import DONE, OUTPUT, Meddled
from engine.driven import DrivenJob as Job
from engine.hosts import Hurried
from stoker.errors import JobCancelled
from stoker.firestore.api_errors import Conflict
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.store import Store
from stoker.models.job import JobOutput
from stoker.models.video import VideoInput
from waiting import until


def test_a_cancel_that_comes_with_the_last_of_the_work_counts(job: Job, engine: Store) -> None:
    engine.host = Hurried(400)

    def finishes(context: JobContext, job_input: VideoInput) -> JobOutput:
        job.update({"cancelRequested": True})
        with contextlib.suppress(JobCancelled):
            until(context.check, 10, "The worker learns of the cancellation")
        return OUTPUT

    run_attempt(job.id, finishes)
    assert job.data()["status"] == "cancelled"


def test_a_cancelled_job_stops_at_its_next_write(job: Job) -> None:
    held = job.take()
    job.update({"cancelRequested": True})
    with pytest.raises(JobCancelled):
        held.report(10, "encoding")


def test_a_job_that_was_cancelled_while_it_waited_never_starts(job: Job) -> None:
    job.update({"cancelRequested": True})
    assert begin_attempt(job.id) is None
    assert job.data()["status"] == "cancelled"


def test_a_worker_learns_that_its_job_was_cancelled(job: Job, engine: Store) -> None:
    engine.host = Hurried(200)

    def endless(context: JobContext, job_input: VideoInput) -> JobOutput:
        job.update({"cancelRequested": True})
        until(context.check, 20, "The worker learns of the cancellation")
        return OUTPUT

    run_attempt(job.id, endless)
    data = job.data()
    assert (data["status"], data["errorCode"]) == ("cancelled", "cancelled")


def test_a_cancel_that_comes_before_the_answer_to_the_lease_write_counts(job: Job, meddled: Meddled) -> None:
    def lose_the_answer(writes: object) -> None:
        meddled.after = lambda writes: None
        job.update({"cancelRequested": True})
        raise Conflict

    meddled.after = lose_the_answer
    assert begin_attempt(job.id) is None
    assert job.status == "cancelled"
    assert [one["errorCode"] for one in job.data()["attempts"]] == ["cancelled"]


def test_a_cancel_that_comes_between_a_checkpoint_and_its_answer_counts(job: Job, meddled: Meddled) -> None:
    held = job.take()

    def lose_the_answer(writes: object) -> None:
        meddled.after = lambda writes: None
        job.update({"cancelRequested": True})
        raise Conflict

    meddled.after = lose_the_answer
    held.save({"after": "a"})
    with pytest.raises(JobCancelled):
        held.end(DONE)
