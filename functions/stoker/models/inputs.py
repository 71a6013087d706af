"""Reading of a job's input with the model of the job's type."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from stoker import registry
from stoker.models.document import Model


def read_input(job_type: registry.JobType, data: Mapping[str, Any]) -> Model:
    """Read the `input` of a job.

    Args:
        job_type: The type of the job.
        data: The map in the document's field `input`.

    Raises:
        ValidationError: The data does not fit the model. `problems` turns the error into sentences.

    Example:
        >>> batch = registry.job_types()["batch-operation"]
        >>> read_input(batch, {"operation": "delete-tasks", "where": {"tag": "old"}}).where.filters()
        [('tags', 'array_contains', 'old')]
    """
    return _adapter(job_type.input).validate_python(dict(data))


@cache
def _adapter(path: str) -> TypeAdapter[Model]:
    return TypeAdapter(registry.load(path))
