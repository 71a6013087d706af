"""Batches that the tests drive, and their figures."""

from typing import Any

from engine.driven import DrivenJob
from stoker.errors import UnsupportedMedia
from stoker.jobs.attempt import run_attempt
from stoker.jobs.children import ChildJob, Children, child_id
from stoker.jobs.events import FailedPermanently
from stoker.models.job import JobOutput

NO_FILM = FailedPermanently(UnsupportedMedia("It is no film."))
CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})
RUN_JOBS = {"operation": "run-jobs", "jobs": [{"type": CHILD.type, "input": CHILD.input}] * 3}
UPDATE = {"operation": "update-tasks", "where": {"tag": "a"}, "set": {"status": "completed"}}


def makes(batch: DrivenJob) -> None:
    run_attempt(batch.id, lambda run, job_input: Children([CHILD] * 3))


def does(child: DrivenJob) -> None:
    run_attempt(child.id, lambda run, job_input: JobOutput(files=[]))


def fails(child: DrivenJob, message: str = "It is no film.") -> None:
    def fail(run: Any, job_input: Any) -> JobOutput:
        raise UnsupportedMedia(message)

    run_attempt(child.id, fail)


def figures(batch: DrivenJob) -> tuple[int, int, list[str]]:
    """Return the number of successful items, the number of failed items, and the failed items."""
    output = batch.data()["output"]
    assert output["total"] == 3
    return output["succeeded"], output["failed"], [failure["item"] for failure in output["failures"]]


def children_of(batch: DrivenJob) -> list[DrivenJob]:
    return [DrivenJob.there(child_id(batch.id, number)) for number in range(3)]
