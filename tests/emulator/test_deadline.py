"""An attempt whose time is up: tried again where that can help, and told what would fit where it can't."""

from itertools import count
from typing import Any

import pytest

from emulator.driven import DrivenJob
from stoker import config
from stoker.jobs.attempt import Worker, work
from stoker.jobs.context import JobContext
from stoker.models.job import JobOutput

pytestmark = pytest.mark.usefixtures("undelivered")


@pytest.fixture(autouse=True)
def _no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "TASK_SECONDS", 46)
    monkeypatch.setattr(config, "DEADLINE_MARGIN_SECONDS", 45.95)


def coming_to(percent: float) -> Worker[Any]:
    """Works for ever, and comes no further."""

    def works(run: JobContext, job_input: Any) -> JobOutput:
        while True:
            run.report(percent, "encoding")

    return works


def test_work_that_is_far_from_done_fails_and_says_what_would_fit(job: DrivenJob, queued: list[str]) -> None:
    work(job.id, coming_to(47))
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("failed", "deadline-exceeded", 1)
    assert "came to 47 %" in data["error"]
    assert "about 40 % of it" in data["error"]
    assert queued == []


def test_work_that_is_nearly_done_is_tried_once_more(job: DrivenJob, queued: list[str]) -> None:
    work(job.id, coming_to(90))
    assert (job.status, job.data()["errorCode"]) == ("pending", "deadline-exceeded")
    assert queued == [job.id]
    job.become_due()
    work(job.id, coming_to(90))
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("failed", "deadline-exceeded", 2)


def test_work_that_was_saved_goes_on_for_as_long_as_it_takes(job: DrivenJob, queued: list[str]) -> None:
    def counts(run: JobContext, job_input: Any) -> JobOutput:
        for number in count(run.checkpoint.get("number", 0)):
            if number == 200:
                return JobOutput(files=[])
            run.save({"number": number + 1}, lambda batch: batch.create(job.reference.collection("n").document(), {}))
            run.check()
        raise AssertionError

    attempts = 0
    while job.status in ("pending", "processing"):
        work(job.id, counts)
        attempts += 1
    assert job.status == "completed"
    assert attempts > 2
    assert job.data()["attempt"] == 1
    assert "checkpoint" not in job.data()
    assert len(job.reference.collection("n").get()) == 200
    assert queued == [job.id] * (attempts - 1)
