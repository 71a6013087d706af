"""A batch of jobs that has ended: its figures follow its jobs, and it is run again for the jobs that have failed."""

from collections.abc import Sequence

import pytest

from engine.batches import NO_FILM, RUN_JOBS, children_of, does, fails, figures, makes
from engine.driven import DONE, DrivenJob, Meddled
from engine.stores import FIRESTORE_IN_SOAK
from stoker.errors import NotRetryable
from stoker.firestore.writes import Write
from stoker.jobs.attempt import run_attempt
from stoker.jobs.children import update_parent
from stoker.jobs.commands import retry_job
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput


@pytest.fixture
def batch() -> DrivenJob:
    """A batch that has ended: the first of its three jobs is completed, the others have failed."""
    batch = DrivenJob(type="batch-operation", input=RUN_JOBS)
    makes(batch)
    first, *others = children_of(batch)
    does(first)
    for child in others:
        fails(child)
    assert (batch.status, *figures(batch)) == ("completed", 1, 2, ["1", "2"])
    return batch


@pytest.fixture
def children(batch: DrivenJob) -> list[DrivenJob]:
    return children_of(batch)


def test_the_figures_follow_each_child_that_is_retried(batch: DrivenJob, children: list[DrivenJob]) -> None:
    ended_at = batch.data()["completedAt"]
    for child in children[1:]:
        retry_job(child.id)
    assert (batch.data()["stage"], *figures(batch)) == ("running-jobs-again", 1, 2, ["1", "2"])
    does(children[2])
    assert (batch.data()["stage"], *figures(batch)) == ("running-jobs-again", 2, 1, ["1"])
    does(children[1])
    data = batch.data()
    assert (data["status"], data["stage"], data["progress"], *figures(batch)) == (
        "completed",
        "completed",
        100,
        3,
        0,
        [],
    )
    assert data["completedAt"] == ended_at


@FIRESTORE_IN_SOAK
def test_a_child_that_fails_again_has_its_new_error(batch: DrivenJob, children: list[DrivenJob]) -> None:
    retry_job(children[1].id)
    fails(children[1], "It is a song.")
    failures = batch.data()["output"]["failures"]
    assert [failure["error"] for failure in failures] == ["It is a song.", "It is no film."]
    assert batch.data()["stage"] == "completed"


@FIRESTORE_IN_SOAK
def test_a_child_that_is_cancelled_after_its_retry_counts_as_such(batch: DrivenJob, children: list[DrivenJob]) -> None:
    retry_job(children[1].id)
    children[1].update({"cancelRequested": True})
    run_attempt(children[1].id, lambda run, job_input: JobOutput(files=[]))
    assert [failure["errorCode"] for failure in batch.data()["output"]["failures"]] == [
        "cancelled",
        "unsupported-media",
    ]
    assert batch.data()["stage"] == "completed"


@FIRESTORE_IN_SOAK
def test_a_cancelled_batch_stays_cancelled_and_its_figures_follow() -> None:
    batch = DrivenJob(type="batch-operation", input=RUN_JOBS)
    makes(batch)
    first, second, _ = children_of(batch)
    does(first)
    batch.update({"cancelRequested": True})
    sweep()
    sweep()
    assert (batch.status, *figures(batch)) == ("cancelled", 1, 2, ["1", "2"])
    retry_job(second.id)
    does(second)
    data = batch.data()
    assert (data["status"], data["stage"], *figures(batch)) == ("cancelled", "running-jobs", 2, 1, ["2"])


@FIRESTORE_IN_SOAK
def test_children_that_are_gone_keep_their_results(batch: DrivenJob, children: list[DrivenJob]) -> None:
    """Their documents may have expired, or their owner has deleted them."""
    children[0].delete()
    children[1].delete()
    retry_job(children[2].id)
    does(children[2])
    assert figures(batch) == (2, 1, ["1"])
    assert batch.data()["output"]["failures"][0]["errorCode"] == "unsupported-media"


@FIRESTORE_IN_SOAK
def test_a_child_without_a_batch_is_retried_as_any_job(batch: DrivenJob, children: list[DrivenJob]) -> None:
    batch.delete()
    retry_job(children[1].id)
    does(children[1])
    assert (children[1].status, batch.is_there()) == ("completed", False)


def test_the_sweeper_counts_what_a_worker_that_died_has_not(batch: DrivenJob, children: list[DrivenJob]) -> None:
    retry_job(children[1].id)
    children[1].take().end(DONE)  # and its worker dies
    assert figures(batch) == (1, 2, ["1", "2"])
    sweep()
    assert (batch.data()["stage"], *figures(batch)) == ("completed", 2, 1, ["2"])


def test_a_batch_that_is_deleted_in_the_moment_of_a_retry_holds_it_up_no_further(
    batch: DrivenJob, children: list[DrivenJob], meddled: Meddled
) -> None:
    def delete(writes: Sequence[Write]) -> None:
        meddled.before = lambda writes: None
        batch.delete()

    meddled.before = delete
    retry_job(children[1].id)
    assert children[1].status == "pending"


def test_a_batch_does_not_end_in_the_moment_in_which_a_child_is_retried(meddled: Meddled) -> None:
    batch = DrivenJob(type="batch-operation", input=RUN_JOBS)
    makes(batch)
    first, second, third = children_of(batch)
    fails(first)
    does(second)
    third.take().end(DONE)  # and its worker dies

    def retry(writes: Sequence[Write]) -> None:
        meddled.before = lambda writes: None
        retry_job(first.id)

    meddled.before = retry  # the batch has counted its children, and is about to end
    update_parent(batch.id)
    assert batch.status == "processing"
    does(first)
    assert (batch.status, *figures(batch)) == ("completed", 3, 0, [])


@FIRESTORE_IN_SOAK
def test_two_children_that_end_in_the_same_moment_both_count(
    batch: DrivenJob, children: list[DrivenJob], meddled: Meddled
) -> None:
    for child in children[1:]:
        retry_job(child.id)
    children[1].take().end(DONE)
    last = children[2].take()

    def end(writes: Sequence[Write]) -> None:
        meddled.before = lambda writes: None
        last.end(DONE)
        update_parent(batch.id)

    meddled.before = end
    update_parent(batch.id)
    assert (batch.data()["stage"], *figures(batch)) == ("completed", 3, 0, [])


def test_a_batch_runs_what_has_failed_again_and_nothing_else(
    batch: DrivenJob, children: list[DrivenJob], queued: list[str]
) -> None:
    before = children[0].found()
    queued.clear()
    retry_job(batch.id)
    assert (batch.status, queued, *figures(batch)) == ("pending", [batch.id], 1, 2, ["1", "2"])
    makes(batch)
    assert [child.status for child in children] == ["completed", "pending", "pending"]
    assert children[0].found() == before
    assert set(queued[1:]) == {child.id for child in children[1:]}
    does(children[1])
    fails(children[2])
    assert (batch.status, *figures(batch)) == ("completed", 2, 1, ["2"])
    retry_job(batch.id)
    makes(batch)
    does(children[2])
    assert (batch.status, *figures(batch)) == ("completed", 3, 0, [])
    with pytest.raises(NotRetryable, match="nothing of it has failed"):
        retry_job(batch.id)


@FIRESTORE_IN_SOAK
def test_a_batch_makes_no_job_again_that_was_done_and_is_gone(batch: DrivenJob, children: list[DrivenJob]) -> None:
    for child in children:
        child.delete()
    retry_job(batch.id)
    makes(batch)
    assert [child.is_there() for child in children] == [False, True, True]
    for child in children[1:]:
        does(child)
    assert (batch.status, *figures(batch)) == ("completed", 3, 0, [])


@FIRESTORE_IN_SOAK
@pytest.mark.parametrize("end", ["cancelled", "failed"])
def test_a_batch_that_ends_before_it_runs_again_still_knows_what_was_done(
    batch: DrivenJob, children: list[DrivenJob], end: str
) -> None:
    retry_job(batch.id)
    if end == "cancelled":
        batch.update({"cancelRequested": True})
        makes(batch)
    else:
        batch.take().end(NO_FILM)
    assert (batch.status, *figures(batch)) == (end, 1, 2, ["1", "2"])
    retry_job(children[1].id)
    does(children[1])
    children[0].delete()
    assert (batch.status, *figures(batch)) == (end, 2, 1, ["2"])
    retry_job(batch.id)
    makes(batch)
    does(children[2])
    assert (batch.status, *figures(batch)) == ("completed", 3, 0, [])
    assert not children[0].is_there()


@FIRESTORE_IN_SOAK
def test_a_batch_waits_with_its_retry_for_children_that_run_again(batch: DrivenJob, children: list[DrivenJob]) -> None:
    retry_job(children[1].id)
    with pytest.raises(NotRetryable, match="jobs that it has made run again"):
        retry_job(batch.id)
    does(children[1])
    retry_job(batch.id)
    assert batch.status == "pending"


@FIRESTORE_IN_SOAK
def test_a_child_whose_batch_is_about_to_run_it_is_left_to_the_batch(
    batch: DrivenJob, children: list[DrivenJob]
) -> None:
    retry_job(batch.id)
    with pytest.raises(NotRetryable, match=f"its batch {batch.id} runs again"):
        retry_job(children[1].id)
    assert children[1].status == "failed"
