"""A batch of items is run again for the items that have failed, and its figures follow."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from google.cloud.firestore import DocumentReference
from google.cloud.firestore_v1 import DocumentSnapshot

from engine.batches import RUN_JOBS, UPDATE, figures
from engine.driven import DrivenJob
from engine.stores import FIRESTORE_IN_SOAK
from stoker.batch.pages import write_pages
from stoker.errors import NotRetryable, UnsupportedMedia
from stoker.firestore.writes import Create, Update, Write
from stoker.jobs.attempt import run_attempt
from stoker.jobs.commands import retry_job
from stoker.jobs.context import JobContext
from stoker.jobs.store import store
from stoker.models.job import BatchOutput, ItemFailure


@FIRESTORE_IN_SOAK
@pytest.mark.parametrize(
    ("job_input", "failed", "listed", "message"),
    [
        (UPDATE, 0, 0, "nothing of it has failed"),
        (UPDATE, 2, 2, None),
        (UPDATE, 250, 100, "of its 250 failed items, only the first 100 are known"),
        (RUN_JOBS, 0, 0, "nothing of it has failed"),
        ({"operation": "import-tasks", "source": "public/a.csv"}, 2, 2, None),
        ({"operation": "delete-tasks", "where": {"all": True}}, 2, 2, "its failed items can't run again alone"),
        ({"operation": "export-user-data"}, 2, 2, "its failed items can't run again alone"),
    ],
)
def test_what_can_be_run_again_of_a_completed_batch(
    job_input: dict[str, Any], failed: int, listed: int, message: str | None, queued: list[str]
) -> None:
    failures = [ItemFailure(item=str(number), error="No.", error_code="invalid-task") for number in range(listed)]
    output = BatchOutput(total=failed + 1, succeeded=1, failed=failed, failures=failures).to_firestore()
    batch = DrivenJob(type="batch-operation", input=job_input, status="completed", progress=100, output=output)
    before = batch.found()
    if message is None:
        retry_job(batch.id)
        assert (batch.status, batch.data()["output"], queued) == ("pending", output, [batch.id])
    else:
        with pytest.raises(NotRetryable, match=message):
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
    """Run a batch that completes tasks, apart from the wrong ones. It fails after the task `last`."""

    def work(run: JobContext, job_input: Any) -> BatchOutput:
        earlier = run.earlier_result
        ids = [failure.item for failure in earlier.failures] if earlier is not None else all_of_them

        def problem(task: DocumentSnapshot[Any]) -> str | None:
            if last is not None and task.id > last:
                raise UnsupportedMedia("No further.")
            return "It is wrong." if task.id in wrong else None

        def write(task: DocumentSnapshot[Any]) -> Write:
            return Update(f"tasks/{task.id}", {"status": "completed"})

        return write_pages(run, OpenTasks(ids), "updating", write, problem, earlier).output()

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
