"""The fields that every document of a collection has, because its model requires them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from stoker import config
from stoker.own_documents import own_documents


def is_required(collection: str, field: str) -> bool:
    """Return whether every document of a collection has a field.

    A document without the field is missing in each result that is sorted by the field, and in each sum of it.

    Args:
        collection: The name of the collection.
        field: The path of the field, as Firestore has it.

    Returns:
        True if the model requires the field, and all maps above it; False if it does not, or if the collection has no
        model that Stoker knows.

    Example:
        >>> is_required("tasks", "createdAt"), is_required("tasks", "dueDate"), is_required("unknown", "createdAt")
        (True, False, False)
    """
    model: Any = model_of(collection)
    for name in field.split("."):
        fields = getattr(model, "model_fields", {})
        found = next((one for key, one in fields.items() if (one.alias or key) == name), None)
        if found is None or not found.is_required():
            return False
        model = found.annotation
    return True


def model_of(collection: str) -> Any | None:
    """Return the model of a collection's documents; None if there is none, or if there are several.

    Args:
        collection: The name of the collection.
    """
    own = own_documents().get(collection)
    return own.load() if own is not None else _models().get(collection)


@cache
def _models() -> Mapping[str, Any]:
    # Imported here, because only few processes page through documents.
    from stoker.models.analytics import AnalyticsAggregate, AnalyticsEvent
    from stoker.models.completion import Completion
    from stoker.models.job import ProcessingJob
    from stoker.models.project import Project
    from stoker.models.task import Task
    from stoker.models.user import User

    return {
        config.USERS: User,
        config.COMPLETIONS: Completion,
        config.TASKS: Task,
        config.PROJECTS: Project,
        config.JOBS: ProcessingJob,
        config.ANALYTICS_EVENTS: AnalyticsEvent,
        config.ANALYTICS_AGGREGATES: AnalyticsAggregate,
    }
