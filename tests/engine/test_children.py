"""Jobs that a job makes."""

from collections.abc import Callable, Iterator

import pytest
from google.api_core import exceptions

from engine.driven import DrivenJob, Meddled, finish
from stoker.errors import UnsupportedMedia
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.children import ChildJob, Children, child_id, update_parent
from stoker.jobs.events import FailedPermanently, Succeeded
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput

DONE = Succeeded(JobOutput(files=[]))
CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})


@pytest.fixture
def parent() -> DrivenJob:
    """A job that has made three others."""
    job = DrivenJob()
    run_attempt(job.id, lambda run, job_input: Children([CHILD] * 3))
    return job


@pytest.fixture
def children(parent: DrivenJob) -> list[DrivenJob]:
    return [DrivenJob.there(child_id(parent.id, number)) for number in range(3)]


def test_a_job_waits_for_those_it_has_made_without_a_worker(parent: DrivenJob, children: list[DrivenJob]) -> None:
    data = parent.data()
    assert (data["status"], data["stage"], data["children"]) == ("processing", "running-jobs", 3)
    assert "lease" not in data
    assert [child.status for child in children] == ["pending"] * 3
    assert begin_attempt(parent.id) is None
    assert parent.data()["attempt"] == 1


def test_their_ends_move_it_on_and_the_last_one_ends_it(parent: DrivenJob, children: list[DrivenJob]) -> None:
    run_attempt(children[0].id, lambda run, job_input: JobOutput(files=[]))
    assert parent.data()["progress"] == 33.3
    held = children[1].take()
    held.report(50, "encoding")
    update_parent(parent.id)
    assert parent.data()["progress"] == 50
    held.end(FailedPermanently(UnsupportedMedia("It is no film.")))
    run_attempt(children[2].id, lambda run, job_input: JobOutput(files=[]))
    data = parent.data()
    assert (data["status"], data["progress"]) == ("completed", 100)
    output = data["output"]
    assert (output["total"], output["succeeded"], output["failed"]) == (3, 2, 1)
    assert output["failures"] == [{"item": "1", "error": "It is no film.", "errorCode": "unsupported-media"}]


def test_the_sweeper_ends_it_if_the_last_of_them_could_not(parent: DrivenJob, children: list[DrivenJob]) -> None:
    for child in children:
        child.take().end(DONE)  # and its worker dies
    assert parent.status == "processing"
    sweep()
    assert parent.status == "completed"


def test_its_cancellation_reaches_them(parent: DrivenJob, children: list[DrivenJob]) -> None:
    run_attempt(children[0].id, lambda run, job_input: JobOutput(files=[]))
    parent.update({"cancelRequested": True})
    sweep()
    sweep()
    assert [child.status for child in children] == ["completed", "cancelled", "cancelled"]
    data = parent.data()
    assert data["status"] == "cancelled"
    assert (data["output"]["succeeded"], data["output"]["failed"]) == (1, 2)


def test_a_woken_child_that_is_cancelled_leaves_its_turn_to_another_job(
    parent: DrivenJob, children: list[DrivenJob], settings: Callable[..., None], queued: list[str]
) -> None:
    settings(userLimits={"atOnce": 1})
    held = children[0].take()
    other = DrivenJob()
    assert [begin_attempt(job.id) for job in (children[1], other)] == [None, None]
    finish(held, DONE)
    assert queued[-1] == children[1].id
    parent.update({"cancelRequested": True})
    update_parent(parent.id)
    assert children[1].status == "cancelled"
    assert queued[-1] == other.id


def test_a_cancel_that_comes_while_children_cannot_be_written_counts() -> None:
    job = DrivenJob()

    class Unwritable(list[ChildJob]):
        def __iter__(self) -> Iterator[ChildJob]:
            job.update({"cancelRequested": True})
            raise exceptions.ServiceUnavailable("no")

    run_attempt(job.id, lambda run, job_input: Children(Unwritable([CHILD])))
    assert job.status == "cancelled"


def test_a_child_that_was_deleted_holds_nobody_up(parent: DrivenJob, children: list[DrivenJob]) -> None:
    children[0].delete()
    for child in children[1:]:
        run_attempt(child.id, lambda run, job_input: JobOutput(files=[]))
    data = parent.data()
    assert data["status"] == "completed"
    assert [one["errorCode"] for one in data["output"]["failures"]] == ["deleted"]


@pytest.mark.parametrize("status", ["pending", "failed", "completed"])
def test_a_job_of_someone_else_is_not_taken_for_a_child(status: str) -> None:
    batch = DrivenJob()
    strangers = DrivenJob.there(child_id(batch.id, 0))
    before = {"id": strangers.id, "userId": "mallory", "status": status}
    strangers.set(before)
    run_attempt(batch.id, lambda run, job_input: Children([CHILD]))
    data = batch.data()
    assert (data["status"], data["errorCode"]) == ("failed", "invalid-job")
    assert strangers.id in data["error"]
    assert strangers.data() == before


def test_a_parent_that_is_no_valid_job_any_more_ends(parent: DrivenJob, children: list[DrivenJob]) -> None:
    parent.update({"dedupeKey": 5})
    run_attempt(children[0].id, lambda run, job_input: JobOutput(files=[]))
    assert children[0].status == "completed"
    data = parent.data()
    assert (data["status"], data["errorCode"]) == ("failed", "invalid-job")


def test_an_index_that_is_missing_is_an_error_and_no_conflict(parent: DrivenJob, meddled: Meddled) -> None:
    def refuse(*arguments: object) -> tuple[int, float]:
        raise exceptions.FailedPrecondition("The query requires an index.")

    meddled.count_and_sum = refuse
    with pytest.raises(exceptions.FailedPrecondition, match="requires an index"):
        update_parent(parent.id)
