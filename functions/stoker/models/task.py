"""`tasks/{id}`: one thing that a user has to do."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.writers import CLIENT, CLIENT_ONCE, CREATION_TIME, WRITE_TIME, Moves

TaskStatus = Literal["todo", "in-progress", "completed", "cancelled"]
TaskPriority = Literal["urgent", "high", "medium", "low"]

STATUS_MOVES: Mapping[TaskStatus, tuple[TaskStatus, ...]] = {
    "todo": ("in-progress", "completed", "cancelled"),
    "in-progress": ("todo", "completed", "cancelled"),
    "completed": ("todo", "in-progress"),
    "cancelled": ("todo",),
}
"""The statuses that may follow each status: for the rules, for `update-tasks`, and for every other writer of tasks. A
completed task can be reopened, but not cancelled. A cancelled task goes back to `todo` first."""


def may_become(before: TaskStatus, after: TaskStatus) -> bool:
    """Return whether a task of one status may get another status. It may always keep its own.

    Example:
        >>> may_become("todo", "completed"), may_become("cancelled", "completed")
        (True, False)
    """
    return after == before or after in STATUS_MOVES[before]


Category = Annotated[str, Field(min_length=1, max_length=100), utf_16_units(100)]
Tag = Annotated[str, StringConstraints(pattern=r"^[^\n]{1,50}$")]
"""The user's own word; on one line, so that the rules can look at all the tags at once."""

Tags = Annotated[list[Tag], Field(max_length=50)]

Minutes = Annotated[int, Field(ge=0, le=525_600)]
"""A duration in minutes: a year at most."""


class Subtask(Model):
    """A step of a task.

    Attributes:
        title: What is to be done.
        completed: Whether it is.
    """

    title: Annotated[str, Field(min_length=1, max_length=200), utf_16_units(200)]
    completed: bool = False


class TaskContent(Model):
    """What the user says of a task.

    Attributes:
        title: What is to be done.
        description: All that belongs to it.
        priority: How much it matters.
        status: Where it stands.
        category: The user's own word for its kind.
        tags: The user's own words for it.
        estimated_duration: How long it should take, in minutes.
        actual_duration: How long it took, in minutes.
        due_date: When it must be done.
        subtasks: Its steps.
        project_id: The project that it belongs to, one of the user's own.
    """

    title: Annotated[str, CLIENT, Field(min_length=1, max_length=200), utf_16_units(200)]
    description: Annotated[str | None, CLIENT, Field(max_length=10_000), utf_16_units(10_000)] = None
    priority: Annotated[TaskPriority, CLIENT] = "medium"
    status: Annotated[TaskStatus, CLIENT, Moves(STATUS_MOVES)] = "todo"
    category: Annotated[Category, CLIENT] = "general"
    tags: Annotated[Tags, CLIENT] = Field(default_factory=list)
    estimated_duration: Annotated[Minutes | None, CLIENT] = None
    actual_duration: Annotated[Minutes | None, CLIENT] = None
    due_date: Annotated[Timestamp | None, CLIENT] = None
    subtasks: Annotated[list[Subtask], CLIENT, Field(max_length=100)] = Field(default_factory=list)
    project_id: Annotated[DocumentId | None, CLIENT] = None


class Task(TaskContent):
    """The document.

    Attributes:
        id: Repeats the document's id.
        user_id: The owner.
        created_at: The server's time at creation.
        updated_at: The server's time of the last change.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    created_at: Annotated[Timestamp, CREATION_TIME]
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1
