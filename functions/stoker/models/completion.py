"""`users/{uid}/completions/{taskId}`: the record that a user got XP for a task. A task has at most one completion, even
if it is reopened and completed again."""

from typing import Annotated

from pydantic import Field

from stoker.models.document import Model, SchemaVersion, Timestamp, UserId
from stoker.models.task import Category, Minutes, TaskPriority
from stoker.models.user import Day


class Completion(Model):
    """A completion: the document `users/{uid}/completions/{taskId}`. The server creates it when the task is completed
    for the first time, and never changes its facts.

    Attributes:
        id: The id of the task, which is also the document's id.
        user_id: The uid of the task's owner.
        completed_at: The time at which the task was completed.
        day: The day of the completion in `time_zone`.
        time_zone: The time zone in which the user's days were counted. Missing in documents of older versions.
        next_time_zone: The time zone of the user's preferences at that time. If it differs from `time_zone`, it counts
            from the next day on. Missing in documents of older versions.
        priority: The priority of the task at that time.
        category: The category of the task at that time.
        minutes: The actual duration of the task at that time, in minutes.
        on_time: True if the task was completed by its due date. Missing if it had no due date.
        xp: The XP that the task is worth: 0 if it was completed too soon after it was created.
        xp_a_day: The daily limit: no more XP than this count for the day. Missing in documents of older versions; their
            XP count without a limit.
        counted: True if the user's progress includes the completion.
        schema_version: The version of the document's form.
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
