"""`tasks/{id}`: a task of a user."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.writers import CLIENT, CLIENT_ONCE, CREATION_TIME, WRITE_TIME, Transitions

TaskStatus = Literal["todo", "in-progress", "completed", "cancelled"]
TaskPriority = Literal["urgent", "high", "medium", "low"]

STATUS_TRANSITIONS: Mapping[TaskStatus, tuple[TaskStatus, ...]] = {
    "todo": ("in-progress", "completed", "cancelled"),
    "in-progress": ("todo", "completed", "cancelled"),
    "completed": ("todo", "in-progress"),
    "cancelled": ("todo",),
}
"""The transitions of a task's status: the statuses that may follow each status. The rules, `update-tasks` and every
other writer of tasks use this table. A completed task can be reopened, but not cancelled. A cancelled task goes back to
`todo` first."""


def may_become(before: TaskStatus, after: TaskStatus) -> bool:
    """Return whether a task may change from one status to another. Keeping a status is always allowed.

    Example:
        >>> may_become("todo", "completed"), may_become("cancelled", "completed")
        (True, False)
    """
    return after == before or after in STATUS_TRANSITIONS[before]


Category = Annotated[str, Field(min_length=1, max_length=100), utf_16_units(100)]
Tag = Annotated[str, StringConstraints(pattern=r"^[^\n]{1,50}$")]
"""A word of the user's choice. It has no line break, because the rules join all tags with line breaks to check them."""

Tags = Annotated[list[Tag], Field(max_length=50)]

Minutes = Annotated[int, Field(ge=0, le=525_600)]
"""A duration in minutes, of at most a year."""


class Subtask(Model):
    """A step of a task.

    Attributes:
        title: The title of the step.
        completed: True if the step is done.
    """

    title: Annotated[str, Field(min_length=1, max_length=200), utf_16_units(200)]
    completed: bool = False


class TaskContent(Model):
    """The fields of a task that the user fills in.

    Attributes:
        title: The title of the task.
        description: A longer text about the task.
        priority: The priority.
        status: The state of the task.
        category: A category of the user's choice.
        tags: Tags of the user's choice. A tag has at most 50 characters and no line break.
        estimated_duration: The expected duration, in minutes.
        actual_duration: The actual duration, in minutes.
        due_date: The time by which the task must be done.
        subtasks: The steps of the task.
        project_id: The id of the user's project that the task belongs to.
    """

    title: Annotated[str, CLIENT, Field(min_length=1, max_length=200), utf_16_units(200)]
    description: Annotated[str | None, CLIENT, Field(max_length=10_000), utf_16_units(10_000)] = None
    priority: Annotated[TaskPriority, CLIENT] = "medium"
    status: Annotated[TaskStatus, CLIENT, Transitions(STATUS_TRANSITIONS)] = "todo"
    category: Annotated[Category, CLIENT] = "general"
    tags: Annotated[Tags, CLIENT] = Field(default_factory=list)
    estimated_duration: Annotated[Minutes | None, CLIENT] = None
    actual_duration: Annotated[Minutes | None, CLIENT] = None
    due_date: Annotated[Timestamp | None, CLIENT] = None
    subtasks: Annotated[list[Subtask], CLIENT, Field(max_length=100)] = Field(default_factory=list)
    project_id: Annotated[DocumentId | None, CLIENT] = None


class Task(TaskContent):
    """A task: the document `tasks/{id}`.

    Attributes:
        id: The id of the document, repeated.
        user_id: The uid of the owner.
        created_at: The time at which the document was created.
        updated_at: The time of the last write.
        schema_version: The version of the document's form.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    created_at: Annotated[Timestamp, CREATION_TIME]
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1
