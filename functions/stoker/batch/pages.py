"""The writing of a user's tasks page by page. Each page is one commit with its checkpoint, so each task is written
once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from google.cloud.firestore_v1 import DocumentSnapshot, Query

from stoker.batch.batch_tally import BatchTally
from stoker.firestore.deadline import patience
from stoker.firestore.writes import Write
from stoker.jobs.context import JobContext
from stoker.jobs.lease import WritesRefused
from stoker.models.job import BatchOutput, ItemFailure, Stage

PAGE = 200
"""The tasks in a commit. A commit is refused, and done again, if somebody else has written one of its tasks."""

WriteOf = Callable[[DocumentSnapshot[Any]], Write]
"""Returns the write of a task. The commit is refused if the task has changed since it was read."""

FindProblem = Callable[[DocumentSnapshot[Any]], str | None]
"""Returns a sentence about the problem of a task; None if it has no problem."""


class PagePosition(BatchTally):
    """The checkpoint.

    Attributes:
        after: The id of the last task that was handled; None before the first.
    """

    after: str | None = None

    def untried(self, earlier: BatchOutput) -> list[ItemFailure]:
        """Return the failures of an earlier run that were not retried yet."""
        return [failure for failure in earlier.failures if self.after is None or failure.item > self.after]


class Tasks(Protocol):
    """Tasks of a user, sorted by their ids."""

    def count(self, after: str | None) -> int:
        """Estimate the number of tasks after an id."""

    def page(self, after: str | None, limit: int) -> list[DocumentSnapshot[Any]]:
        """Read the first tasks after an id. An empty list means that there are no more tasks."""


@dataclass(frozen=True)
class TasksOfQuery:
    """The tasks that a query finds.

    Attributes:
        query: A query of `stoker.queries.declared` that is sorted by `__name__`.
    """

    query: Query

    def count(self, after: str | None) -> int:
        """As `Tasks.count`."""
        # The library's annotations are wrong here: it returns a list of lists, by answer and by aggregation.
        counting: Any = self._behind(after).count()
        return int(counting.get(**patience(reads=True))[0][0].value)

    def page(self, after: str | None, limit: int) -> list[DocumentSnapshot[Any]]:
        """As `Tasks.page`."""
        return list(read_page(self._behind(after).limit(limit)))

    def _behind(self, after: str | None) -> Query:
        return self.query.start_after({"__name__": after}) if after is not None else self.query


def write_pages(
    context: JobContext,
    tasks: Tasks,
    stage: Stage,
    write_of: WriteOf,
    find_problem: FindProblem,
    earlier: BatchOutput | None = None,
) -> PagePosition:
    """Write all tasks, page by page.

    Args:
        context: The attempt.
        tasks: The tasks.
        stage: The stage to report.
        write_of: Returns the write of a task.
        find_problem: Returns a problem of a task. A task with a problem is counted as failed, and not written.
        earlier: The result of the earlier run, if the tasks are a retry of its failures; else None. The tasks that the
            earlier run has written count as well.

    Returns:
        The last checkpoint, with the figures.

    Raises:
        Interrupted: As `JobContext.check`.
    """
    first = PagePosition(succeeded=earlier.succeeded if earlier is not None else 0)
    position = PagePosition.from_firestore(context.checkpoint) if context.checkpoint else first
    expected = position.total + tasks.count(position.after)
    limit = PAGE
    while True:
        context.report(100 * position.total / max(expected, position.total, 1), stage)
        page = tasks.page(position.after, limit)
        if not page:
            return position
        done, writes = _tallied(position, page, find_problem)
        try:
            figures = done.output(untried=done.untried(earlier)) if earlier is not None else None
            context.save(done.to_firestore(), [write_of(task) for task in writes], output=figures)
        except WritesRefused:
            # Somebody else has written or deleted a task of this page. A smaller page is refused less often.
            limit = max(1, limit // 2)
            continue
        position, limit = done, PAGE


def read_page(query: Query) -> Iterator[DocumentSnapshot[Any]]:
    """Yield the documents that a query finds. A document that can't be decoded comes with its `userId` alone."""
    try:
        yield from list(query.get(**patience(reads=True)))
    except ValueError:
        # The client library can't decode a reference into another database, and fails for the whole page.
        for one in query.select(["userId"]).get(**patience(reads=True)):
            try:
                yield one.reference.get(**patience(reads=True))
            except ValueError:
                yield one


def _tallied(
    position: PagePosition, page: list[DocumentSnapshot[Any]], find_problem: FindProblem
) -> tuple[PagePosition, list[DocumentSnapshot[Any]]]:
    done = position.model_copy(deep=True, update={"after": page[-1].id})
    writes = []
    for snapshot in page:
        problem = find_problem(snapshot)
        if problem is None:
            done.succeeded += 1
            writes.append(snapshot)
        else:
            done.fail(snapshot.id, problem, "invalid-task")
    return done, writes
