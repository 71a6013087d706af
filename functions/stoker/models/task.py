"""`tasks/{id}`: one thing that a user has to do."""

from typing import Annotated, Literal

from pydantic import Field

from stoker.models.document import DocumentId, Model, Timestamp, UserId

TaskStatus = Literal["todo", "in-progress", "completed", "cancelled"]
TaskPriority = Literal["urgent", "high", "medium", "low"]

Category = Annotated[str, Field(min_length=1, max_length=100)]
Tag = Annotated[str, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=50)]

Minutes = Annotated[int, Field(ge=0, le=525_600)]
"""A duration in minutes: a year at most."""


class Subtask(Model):
    """A step of a task.

    Attributes:
        title: What is to be done.
        completed: Whether it is.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
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

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=10_000)] | None = None
    priority: TaskPriority = "medium"
    status: TaskStatus = "todo"
    category: Category = "general"
    tags: Tags = Field(default_factory=list)
    estimated_duration: Minutes | None = None
    actual_duration: Minutes | None = None
    due_date: Timestamp | None = None
    subtasks: Annotated[list[Subtask], Field(max_length=100)] = Field(default_factory=list)
    project_id: DocumentId | None = None


class Task(TaskContent):
    """The document.

    Attributes:
        id: Repeats the document's id.
        user_id: The owner.
        created_at: The server's time at creation.
        updated_at: The server's time of the last change.
    """

    id: DocumentId
    user_id: UserId
    created_at: Timestamp
    updated_at: Timestamp
