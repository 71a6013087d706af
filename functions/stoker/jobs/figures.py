"""Figures: how many items of a batch were done, counted from the jobs that it has made."""

from collections.abc import Mapping, Sequence
from typing import Any

from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.models.job import BatchOutput, ItemFailure, JobOutput, has_ended

ERROR_CHARACTERS = 2000
"""Characters of one failure that a batch's document repeats."""


def count_children(names: Sequence[str], earlier: JobOutput | None) -> tuple[BatchOutput, int]:
    """Count the jobs that a batch has made. One read for each of them.

    Args:
        names: Their ids, in the order of the batch's list.
        earlier: The output of the batch so far. A job that is gone, or has not ended, keeps its result in it.

    Returns:
        The new output, and the number of jobs that have not ended.
    """
    seen = store().documents.get_all([path_of(name) for name in names], ["status", "error", "errorCode"])
    children = {found.id: found.data for found in seen}
    return figures_of([children.get(name) for name in names], earlier)


def figures_of(children: Sequence[Mapping[str, Any] | None], earlier: JobOutput | None) -> tuple[BatchOutput, int]:
    """Return the figures of a batch; see `count_children`.

    Args:
        children: The fields of each job; None for a job that is gone.
        earlier: The output of the batch so far.

    Example:
        >>> figures_of([{"status": "completed"}, {"status": "pending"}, None], None)[0].succeeded
        1
    """
    failures = [
        failure for number, child in enumerate(children) if (failure := _failure(number, child, earlier)) is not None
    ]
    total, alive = len(children), sum(child is not None and not has_ended(child.get("status")) for child in children)
    output = BatchOutput(total=total, succeeded=total - len(failures), failed=len(failures), failures=failures[:100])
    return output, alive


def was_done(earlier: JobOutput | None, number: int) -> bool:
    """Return whether an item of a batch was done in an earlier run.

    Args:
        earlier: The output of that run, if there was such a run.
        number: The place of the item in the batch's list.
    """
    return isinstance(earlier, BatchOutput) and str(number) not in _failures_in(earlier)


def _failures_in(earlier: BatchOutput) -> dict[str, ItemFailure]:
    return {failure.item: failure for failure in earlier.failures}


def _failure(number: int, child: Mapping[str, Any] | None, earlier: JobOutput | None) -> ItemFailure | None:
    status = child.get("status") if child is not None else None
    if status == "completed":
        return None
    if child is not None and has_ended(status):
        # Shortened: all of them must fit the batch's document.
        error = str(child.get("error", ""))[:ERROR_CHARACTERS]
        return ItemFailure(item=str(number), error=error, error_code=str(child.get("errorCode", "")))
    if isinstance(earlier, BatchOutput):
        return _failures_in(earlier).get(str(number))
    return ItemFailure(item=str(number), error="The job was deleted before it had ended.", error_code="deleted")
