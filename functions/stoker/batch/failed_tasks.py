"""The tasks that failed in an earlier run of a batch, for a run of these tasks alone."""

from collections.abc import Iterator
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.models.batch import TaskFilter
from stoker.models.job import BatchOutput


class FailedTasks:
    """The tasks that failed in an earlier run, if they still exist and still match the filter.

    Args:
        user_id: The uid of the owner.
        where: The filter.
        earlier: The result of the earlier run, which lists at most 100 tasks.
    """

    def __init__(self, user_id: str, where: TaskFilter, earlier: BatchOutput) -> None:
        self._conditions = [("userId", "==", user_id), *where.filters()]
        self._ids = sorted(failure.item for failure in earlier.failures)

    def count(self, after: str | None) -> int:
        """As `Tasks.count`."""
        return len(self._behind(after))

    def page(self, after: str | None, limit: int) -> list[DocumentSnapshot[Any]]:
        """As `Tasks.page`."""
        # All are read, because some at the beginning may be gone.
        return list(self._found(self._behind(after)))[:limit]

    def _behind(self, after: str | None) -> list[str]:
        return [name for name in self._ids if after is None or name > after]

    def _found(self, names: list[str]) -> Iterator[DocumentSnapshot[Any]]:
        references = [client().collection(config.TASKS).document(name) for name in names]
        try:
            found = {one.id: one for one in client().get_all(references, **patience(reads=True))}
        except ValueError:
            # A task has a reference into another database, which the client library can't decode. Read them one by one.
            for reference in references:
                try:
                    snapshot = reference.get(**patience(reads=True))
                except ValueError:
                    # Such a task can't be changed, so it is not matched with the filter. It will fail again.
                    yield reference.get(["userId"], **patience(reads=True))
                else:
                    yield from self._if_it_fits(snapshot)
        else:
            for name in names:
                yield from self._if_it_fits(found[name])

    def _if_it_fits(self, task: DocumentSnapshot[Any]) -> Iterator[DocumentSnapshot[Any]]:
        data = task.to_dict() or {}
        if task.exists and all(_holds(data.get(field), operator, value) for field, operator, value in self._conditions):
            yield task


def _holds(found: object, operator: str, value: str) -> bool:
    if operator == "array_contains":
        return isinstance(found, list) and value in found
    return found == value
