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
        day: On which day that was, in `time_zone`.
        time_zone: Where the user's days began then. Completions from before this field was added have none.
        next_time_zone: The time zone of the user's preferences then. If it is another one, it counts from the next day.
        priority: Of the task, as it was then.
        category: The same.
        minutes: How long it took, as far as the task said then.
        on_time: Whether it was done by its `dueDate`; left out where it had none.
        xp: What the task is worth. It is 0 if the task was not open for long enough.
        xp_a_day: How much of the XP of that day's tasks counts. Completions from before this field was added have none,
            and count in full.
        counted: Whether the user's progress has it already.
    """

    id: str
    user_id: UserId
    completed_at: Timestamp
    day: Day
    time_zone: str | None = None
    next_time_zone: str | None = None
    priority: TaskPriority
    category: Category
    minutes: Minutes = 0
    on_time: bool | None = None
    xp: Annotated[int, Field(ge=0)]
    xp_a_day: Annotated[int, Field(ge=0)] | None = None
    counted: bool = False
    schema_version: SchemaVersion = 1
