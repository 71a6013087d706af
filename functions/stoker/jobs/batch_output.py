"""The output of a batch, counted from its children: how many items succeeded, and which ones failed."""

from collections.abc import Mapping, Sequence
from typing import Any

from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.models.job import BatchOutput, ItemFailure, JobOutput, has_ended

ERROR_CHARACTERS = 2000
"""The most characters of a child's error that the batch's document repeats."""


def count_children(names: Sequence[str], earlier: JobOutput | None) -> tuple[BatchOutput, int]:
    """Count the children of a batch. This costs one read for each child.

    Args:
        names: The ids of the children, in the order of the batch's list.
        earlier: The output of the batch so far. A child that is gone, or that has not ended, keeps its result in it.

    Returns:
        The new output, and the number of children that have not ended.
    """
    seen = store().documents.get_all([path_of(name) for name in names], ["status", "error", "errorCode"])
    children = {found.id: found.data for found in seen}
    return batch_output_of([children.get(name) for name in names], earlier)


def batch_output_of(children: Sequence[Mapping[str, Any] | None], earlier: JobOutput | None) -> tuple[BatchOutput, int]:
    """Return the output of a batch, and the number of children that have not ended; see `count_children`.

    Args:
        children: The fields of each child; None for a child that is gone.
        earlier: The output of the batch so far.

    Example:
        >>> batch_output_of([{"status": "completed"}, {"status": "pending"}, None], None)[0].succeeded
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
        earlier: The output of that run; None if there was no such run.
        number: The item's place in the batch's list, from 0.
    """
    return isinstance(earlier, BatchOutput) and str(number) not in _failures_in(earlier)


def _failures_in(earlier: BatchOutput) -> dict[str, ItemFailure]:
    return {failure.item: failure for failure in earlier.failures}


def _failure(number: int, child: Mapping[str, Any] | None, earlier: JobOutput | None) -> ItemFailure | None:
    status = child.get("status") if child is not None else None
    if status == "completed":
        return None
    if child is not None and has_ended(status):
        # Shortened, because all errors together must fit into the batch's document.
        error = str(child.get("error", ""))[:ERROR_CHARACTERS]
        return ItemFailure(item=str(number), error=error, error_code=str(child.get("errorCode", "")))
    if isinstance(earlier, BatchOutput):
        return _failures_in(earlier).get(str(number))
    return ItemFailure(item=str(number), error="The job was deleted before it had ended.", error_code="deleted")
