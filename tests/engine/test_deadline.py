"""An attempt that is out of time is tried again if that can help. If it can't, the error says what would fit."""

from itertools import count
from typing import Any

import pytest

from engine.driven import DrivenJob
from engine.hosts import Ticking
from stoker.firestore.writes import Create
from stoker.jobs.attempt import Worker, run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.store import Store, store
from stoker.models.job import JobOutput


@pytest.fixture(autouse=True)
def _time_flies(engine: Store) -> None:
    engine.host = Ticking(20)


def coming_to(percent: float) -> Worker[Any]:
    """Works for ever, and comes no further."""

    def works(context: JobContext, job_input: Any) -> JobOutput:
        while True:
            context.report(percent, "encoding")

    return works


def test_work_that_is_far_from_done_fails_and_says_what_would_fit(job: DrivenJob, queued: list[str]) -> None:
    run_attempt(job.id, coming_to(47))
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("failed", "deadline-exceeded", 1)
    assert "47 % was done" in data["error"]
    assert "about 40 % of it" in data["error"]
    assert queued == []


def test_work_that_is_nearly_done_is_tried_once_more(job: DrivenJob, queued: list[str]) -> None:
    run_attempt(job.id, coming_to(90))
    assert (job.status, job.data()["errorCode"]) == ("pending", "deadline-exceeded")
    assert queued == [job.id]
    job.become_due()
    run_attempt(job.id, coming_to(90))
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("failed", "deadline-exceeded", 2)


def test_work_that_was_saved_goes_on_for_as_long_as_it_takes(job: DrivenJob, queued: list[str]) -> None:
    def counts(context: JobContext, job_input: Any) -> JobOutput:
        for number in count(context.checkpoint.get("number", 0)):
            if number == 200:
                return JobOutput(files=[])
            context.save({"number": number + 1}, [Create(f"{job.path}/n/{number}", {})])
            context.check()
        raise AssertionError

    attempts = 0
    while job.status in ("pending", "processing"):
        run_attempt(job.id, counts)
        attempts += 1
    assert job.status == "completed"
    assert attempts > 2
    assert job.data()["attempt"] == 1
    assert "checkpoint" not in job.data()
    assert len(store().documents.get_all([f"{job.path}/n/{number}" for number in range(201)])) == 200
    assert queued == [job.id] * (attempts - 1)
