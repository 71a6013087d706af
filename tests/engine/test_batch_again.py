"""A batch that has ended: its figures follow its jobs, and it is run again for what has failed."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from google.cloud.firestore import DocumentReference
from google.cloud.firestore_v1 import DocumentSnapshot

from engine.driven import DrivenJob, Meddled
from engine.stores import FIRESTORE_IN_SOAK
from stoker.batch.pages import through_pages
from stoker.errors import NotRetryable, UnsupportedMedia
from stoker.firestore.writes import Create, Update, Write
from stoker.jobs.attempt import run_attempt
from stoker.jobs.children import ChildJob, Children, child_id, update_parent
from stoker.jobs.commands import retry_job
from stoker.jobs.context import JobContext
from stoker.jobs.events import FailedPermanently, Succeeded
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep
from stoker.models.job import BatchOutput, ItemFailure, JobOutput

DONE, NO_FILM = Succeeded(JobOutput(files=[])), FailedPermanently(UnsupportedMedia("It is no film."))
CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})
RUN_JOBS = {"operation": "run-jobs", "jobs": [{"type": CHILD.type, "input": CHILD.input}] * 3}
UPDATE = {"operation": "update-tasks", "where": {"tag": "a"}, "set": {"status": "completed"}}


def makes(batch: DrivenJob) -> None:
    run_attempt(batch.id, lambda run, job_input: Children([CHILD] * 3))


def does(child: DrivenJob) -> None:
    run_attempt(child.id, lambda run, job_input: JobOutput(files=[]))


def fails(child: DrivenJob, said: str = "It is no film.") -> None:
    def fail(run: Any, job_input: Any) -> JobOutput:
        raise UnsupportedMedia(said)

    run_attempt(child.id, fail)


def figures(batch: DrivenJob) -> tuple[int, int, list[str]]:
    """How many of the batch's items were done and have failed, and which have failed."""
    output = batch.data()["output"]
    assert output["total"] == 3
    return output["succeeded"], output["failed"], [failure["item"] for failure in output["failures"]]


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


def children_of(batch: DrivenJob) -> list[DrivenJob]:
    return [DrivenJob.there(child_id(batch.id, number)) for number in range(3)]


@pytest.fixture
def children(batch: DrivenJob) -> list[DrivenJob]:
    return children_of(batch)


# --- A child is retried by hand ----------------------------------------------------------------------


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


# --- The batch is retried ----------------------------------------------------------------------------


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
    with pytest.raises(NotRetryable, match=f"its batch {batch.id} is run again"):
        retry_job(children[1].id)
    assert children[1].status == "failed"


@FIRESTORE_IN_SOAK
@pytest.mark.parametrize(
    ("job_input", "failed", "listed", "said"),
    [
        (UPDATE, 0, 0, "nothing of it has failed"),
        (UPDATE, 2, 2, None),
        (UPDATE, 250, 100, "of the 250 items that failed, only the first 100 are known"),
        (RUN_JOBS, 0, 0, "nothing of it has failed"),
        ({"operation": "import-tasks", "source": "public/a.csv"}, 2, 2, None),
        ({"operation": "delete-tasks", "where": {"all": True}}, 2, 2, "can't be run again by themselves"),
        ({"operation": "export-user-data"}, 2, 2, "can't be run again by themselves"),
    ],
)
def test_what_can_be_run_again_of_a_completed_batch(
    job_input: dict[str, Any], failed: int, listed: int, said: str | None, queued: list[str]
) -> None:
    failures = [ItemFailure(item=str(number), error="No.", error_code="invalid-task") for number in range(listed)]
    output = BatchOutput(total=failed + 1, succeeded=1, failed=failed, failures=failures).to_firestore()
    batch = DrivenJob(type="batch-operation", input=job_input, status="completed", progress=100, output=output)
    before = batch.found()
    if said is None:
        retry_job(batch.id)
        assert (batch.status, batch.data()["output"], queued) == ("pending", output, [batch.id])
    else:
        with pytest.raises(NotRetryable, match=said):
            retry_job(batch.id)
        assert (batch.found(), queued) == (before, [])


@FIRESTORE_IN_SOAK
def test_the_worker_of_a_batch_sees_what_was_done_before() -> None:
    seen = []

    def work(run: Any, job_input: Any) -> BatchOutput:
        seen.append(run.earlier_result)
        return BatchOutput(
            total=1, succeeded=1 if len(seen) > 1 else 0, failed=2 - len(seen), failures=FAILURES[len(seen) - 1 :]
        )

    batch = DrivenJob(type="batch-operation", input=UPDATE)
    run_attempt(batch.id, work)
    retry_job(batch.id)
    run_attempt(batch.id, work)
    assert seen == [None, BatchOutput(total=1, succeeded=0, failed=1, failures=FAILURES)]
    assert batch.data()["output"] == BatchOutput(total=1, succeeded=1, failed=0).to_firestore()


class OpenTasks:
    """Tasks of some ids that are not completed; a page has a single task."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = sorted(ids)

    def count(self, after: str | None) -> int:
        return len(self._behind(after))

    def page(self, after: str | None, limit: int) -> list[DocumentSnapshot[Any]]:
        return self._behind(after)[:1]

    def _behind(self, after: str | None) -> list[DocumentSnapshot[Any]]:
        names = [name for name in self._ids if after is None or name > after]
        found = [(name, store().documents.get(f"tasks/{name}")) for name in names]
        return [
            DocumentSnapshot(DocumentReference("tasks", name), dict(task.data), True, None, None, None)
            for name, task in found
            if task is not None and task.data["status"] == "todo"
        ]


def completes(batch: DrivenJob, all_of_them: list[str], wrong: Sequence[str], last: str | None = None) -> None:
    """Run a batch that completes tasks, but those that are wrong; it fails after the last."""

    def work(run: JobContext, job_input: Any) -> BatchOutput:
        earlier = run.earlier_result
        ids = [failure.item for failure in earlier.failures] if earlier is not None else all_of_them

        def problem(task: DocumentSnapshot[Any]) -> str | None:
            if last is not None and task.id > last:
                raise UnsupportedMedia("No further.")
            return "It is wrong." if task.id in wrong else None

        def write(task: DocumentSnapshot[Any]) -> Write:
            return Update(f"tasks/{task.id}", {"status": "completed"})

        return through_pages(run, OpenTasks(ids), "updating", write, problem, earlier).output()

    run_attempt(batch.id, work)


@FIRESTORE_IN_SOAK
@pytest.mark.parametrize("still_wrong", [False, True])
def test_a_retry_of_tasks_that_ends_early_keeps_the_figures_of_what_it_has_done(still_wrong: bool) -> None:
    batch = DrivenJob(type="batch-operation", input=UPDATE)
    tasks = [f"{batch.id}-{number}" for number in range(3)]
    _, second, third = tasks
    store().documents.commit([Create(f"tasks/{name}", {"status": "todo"}) for name in tasks])
    completes(batch, tasks, wrong=[second, third])
    assert (batch.status, *figures(batch)) == ("completed", 1, 2, [second, third])
    retry_job(batch.id)
    completes(batch, tasks, wrong=[second] if still_wrong else [], last=second)
    left = [second, third] if still_wrong else [third]
    assert (batch.status, *figures(batch)) == ("failed", 3 - len(left), len(left), left)
    retry_job(batch.id)
    batch.update({"cancelRequested": True})
    completes(batch, tasks, wrong=[])
    assert (batch.status, *figures(batch)) == ("cancelled", 3 - len(left), len(left), left)
    retry_job(batch.id)
    completes(batch, tasks, wrong=[])
    assert (batch.status, *figures(batch)) == ("completed", 3, 0, [])


FAILURES = [ItemFailure(item="a", error="No.", error_code="invalid-task")]
