"""`run-jobs`: a batch ends with the last of its jobs, after any results of the jobs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from emulator.batch import BatchJob, figures, items
from engine.stores import QueueInMemory
from stoker import config
from stoker.errors import UnsupportedMedia
from stoker.firestore.client import client
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.children import child_id, update_parent
from stoker.jobs.context import JobContext
from stoker.jobs.events import Cancelled, Succeeded
from stoker.jobs.fields import RENEWED
from stoker.jobs.store import using
from stoker.jobs.sweeper import sweep
from stoker.models.document import Model
from stoker.models.job import JobOutput
from stoker_tools.samples.user import SampleUser

SOURCE = {"source": "public/a.mp4"}


def jobs(*inputs: dict[str, Any]) -> dict[str, Any]:
    return {"operation": "run-jobs", "jobs": [{"type": "video-processing", "input": one} for one in inputs]}


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[QueueInMemory]:
    """Jobs in a collection of the tests' own, which the deployed functions do not hear of."""
    monkeypatch.setattr(config, "JOBS", "batchTests")
    with using(QueueInMemory()) as engine:
        yield engine


def child(parent: BatchJob, number: int) -> dict[str, Any]:
    return client().collection(config.JOBS).document(child_id(parent.id, number)).get().to_dict() or {}


def does(parent: BatchJob, number: int) -> None:
    run_attempt(child_id(parent.id, number), lambda context, job_input: JobOutput(files=[]))


def fails(parent: BatchJob, number: int) -> None:
    def fail(context: JobContext, job_input: Model) -> JobOutput:
        raise UnsupportedMedia("It is no film.")

    run_attempt(child_id(parent.id, number), fail)


def test_a_user_runs_many_jobs_as_one(user: SampleUser, clip: Path) -> None:
    good = {"source": user.upload(clip, "video/mp4"), "outputs": [{"kind": "poster", "width": 64}]}
    missing = {"source": f"user-uploads/{user.id}/missing.mp4"}
    batch_input = jobs(good, {"hue": "blue"}, good, missing)
    *_, job = user.watch(user.write_job(batch_input, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    assert (job["progress"], figures(job["output"])) == (100, (4, 2, 2)), job["output"]["failures"]
    assert [(one["item"], one["errorCode"]) for one in job["output"]["failures"]] == [
        ("1", "invalid-job"),
        ("3", "input-not-found"),
    ]
    assert "input.hue" in job["output"]["failures"][0]["error"]
    first = user.firestore.collection("processingJobs").document(child_id(job["id"], 0)).get().to_dict() or {}
    assert (first["parentId"], len(first["output"]["files"])) == (job["id"], 1)


@pytest.mark.parametrize(
    ("batch_input", "message"),
    [
        (jobs(), "input.jobs: "),
        ({"operation": "run-jobs", "jobs": [{"type": "batch-operation", "input": {}}]}, "input.jobs[0].type: "),
        (jobs(*[SOURCE] * 101), "input.jobs: "),
        (jobs({"source": "x" * 400_001}), "more than 400,000 characters"),
    ],
    ids=["none", "batch-in-batch", "101", "large"],
)
@pytest.mark.usefixtures("apart")
def test_what_is_no_batch_of_jobs_makes_none(batch_input: dict[str, Any], message: str) -> None:
    parent = BatchJob("ada", batch_input)
    job = parent.work()
    assert (job["status"], job["errorCode"]) == ("failed", "invalid-job")
    assert message in job["error"]
    assert child(parent, 0) == {}


@pytest.mark.usefixtures("apart")
def test_it_reports_the_progress_of_its_jobs_and_ends_with_the_last() -> None:
    parent = BatchJob("ada", jobs(*[SOURCE] * 4))
    job = parent.work()
    assert (job["status"], job["stage"], job["children"], "lease" in job) == ("processing", "running-jobs", 4, False)
    does(parent, 2)
    assert parent.data()["progress"] == 25
    held = begin_attempt(child_id(parent.id, 0))
    assert held is not None
    held.report(40, "encoding")
    sweep()
    assert parent.data()["progress"] == 35
    held.end(Succeeded(JobOutput(files=[])))
    fails(parent, 1)
    assert parent.data()["status"] == "processing"
    does(parent, 3)
    job = parent.data()
    assert (job["status"], job["progress"], figures(job["output"]), items(job["output"])) == (
        "completed",
        100,
        (4, 3, 1),
        ["1"],
    )


@pytest.mark.usefixtures("apart")
def test_jobs_that_end_at_once_leave_no_batch_waiting() -> None:
    # As many as one user may run at once.
    parent = BatchJob("ada", jobs(*[SOURCE] * 7))
    parent.work()
    with ThreadPoolExecutor(7) as pool:
        list(pool.map(lambda number: does(parent, number), range(7)))
    assert (parent.data()["status"], figures(parent.data()["output"])) == ("completed", (7, 7, 0))


@pytest.mark.usefixtures("apart")
def test_a_job_that_was_deleted_keeps_no_batch_waiting() -> None:
    parent = BatchJob("ada", jobs(SOURCE, SOURCE))
    parent.work()
    client().collection(config.JOBS).document(child_id(parent.id, 0)).delete()
    does(parent, 1)
    job = parent.data()
    assert (job["status"], figures(job["output"])) == ("completed", (2, 1, 1))
    assert job["output"]["failures"][0]["errorCode"] == "deleted"


@pytest.mark.usefixtures("apart")
def test_a_cancel_ends_the_jobs_that_wait_at_once_and_those_that_run_soon() -> None:
    parent = BatchJob("ada", jobs(*[SOURCE] * 4))
    parent.work()
    does(parent, 0)
    held = begin_attempt(child_id(parent.id, 1))
    assert held is not None
    parent.reference.update({"cancelRequested": True})
    sweep()
    assert [child(parent, number)["status"] for number in range(4)] == [
        "completed",
        "processing",
        "cancelled",
        "cancelled",
    ]
    assert (parent.data()["status"], child(parent, 1)["cancelRequested"]) == ("processing", True)
    held.end(Cancelled())
    update_parent(parent.id)
    job = parent.data()
    assert (job["status"], job["errorCode"], figures(job["output"])) == ("cancelled", "cancelled", (4, 1, 3))
    assert "completedAt" in job


@pytest.mark.usefixtures("apart")
def test_a_batch_that_is_cancelled_before_it_began_makes_no_jobs() -> None:
    parent = BatchJob("ada", jobs(SOURCE), cancelRequested=True)
    assert (parent.work()["status"], child(parent, 0)) == ("cancelled", {})


def test_a_batch_that_is_run_again_repeats_what_was_not_done(apart: QueueInMemory) -> None:
    parent = BatchJob("ada", jobs(*[SOURCE] * 3))
    parent.work()
    does(parent, 0)
    fails(parent, 1)
    does(parent, 2)
    assert figures(parent.data()["output"]) == (3, 2, 1)
    before = child(parent, 0)
    parent.reference.update(dict(RENEWED))
    job = parent.work()
    assert (job["status"], job["stage"], "output" in job) == ("processing", "running-jobs", False)
    assert (child(parent, 0), child(parent, 1)["status"], "error" in child(parent, 1)) == (before, "pending", False)
    assert apart.queued == [child_id(parent.id, 1)]
    does(parent, 1)
    assert (parent.data()["status"], figures(parent.data()["output"])) == ("completed", (3, 3, 0))
