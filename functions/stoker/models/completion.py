"""`users/{uid}/completions/{taskId}`: what a user got XP for. A task has one at most, whatever becomes of it later."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import Model, SchemaVersion, Timestamp, UserId
from stoker.models.task import Category, Minutes, TaskPriority
from stoker.models.user import Day


class Completion(Model):
    """The document. The server makes it when the task is completed for the first time; it stays as it is.

    Attributes:
        id: The task's id, and the document's.
        user_id: The owner of the task.
        completed_at: When the task was completed.
        day: On which day that was, in the time zone that the user had then.
        priority: Of the task, as it was then.
        category: The same.
        minutes: How long it took, as far as the task said then.
        on_time: Whether it was done by its `dueDate`; left out where it had none.
        xp: What the user got for it.
        counted: Whether the user's progress has it already.
    """

    id: str
    user_id: UserId
    completed_at: Timestamp
    day: Day
    priority: TaskPriority
    category: Category
    minutes: Minutes = 0
    on_time: bool | None = None
    xp: Annotated[int, Field(ge=0)]
    counted: bool = False
    schema_version: SchemaVersion = 1
