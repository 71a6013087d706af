"""`users/{uid}`: who someone is in the app, and how far they have come."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker.models.document import Model, SchemaVersion, Timestamp, UserId
from stoker.models.writers import CLIENT, WRITE_TIME

Role = Literal["user", "admin", "moderator"]
Permission = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*:[a-z][a-z-]*$", max_length=64)]
"""What someone may do, such as `read:own-data`."""

Name = Annotated[str, Field(min_length=1, max_length=100)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$", max_length=2048)]


class RoleChange(Model):
    """What an admin asks for: another role for a user.

    Attributes:
        user_id: The user.
        role: The new one.
        permissions: Such as `read:own-data`; those that there are stay where it is left out.
    """

    user_id: UserId
    role: Role
    permissions: Annotated[list[Permission], Field(max_length=50)] | None = None


class Preferences(Model):
    """How the user wants the app.

    Attributes:
        language: A BCP 47 tag, such as `de` or `pt-BR`.
        time_zone: A name of the tz database, such as `Europe/Berlin`: the user's days begin there.
        theme: Of the app's surface.
        notifications: Whether the app may send any.
    """

    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)] = "en"
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$", max_length=64)] = "UTC"
    theme: Literal["system", "light", "dark"] = "system"
    notifications: bool = True


class Achievement(Model):
    """Something that the user has done, once and for all.

    Attributes:
        id: Which; the server's list has the words.
        achieved_at: When.
    """

    id: Annotated[str, Field(min_length=1, max_length=64)]
    achieved_at: Timestamp


MAX_CATEGORIES = 100
"""Categories that a profile counts by."""


class Stats(Model):
    """What the user has done, counted.

    Attributes:
        completed: Tasks.
        on_time: Of them, those that were due and not late.
        late: Of them, those that were late.
        minutes: What they took, in all.
        by_priority: Of them, by their priority.
        by_category: Of them, by their category; of more than 100 categories, the first 100 in alphabetical order.
    """

    completed: Annotated[int, Field(ge=0)] = 0
    on_time: Annotated[int, Field(ge=0)] = 0
    late: Annotated[int, Field(ge=0)] = 0
    minutes: Annotated[int, Field(ge=0)] = 0
    by_priority: dict[str, int] = Field(default_factory=dict)
    by_category: Annotated[dict[str, int], Field(max_length=MAX_CATEGORIES)] = Field(default_factory=dict)


Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""A day of the calendar, such as `2027-01-02`, in the user's own time zone."""

MAX_RUNS = 100
"""Runs of days that a profile keeps at most."""


class DayRun(Model):
    """Days in a row, each with a completed task.

    Attributes:
        first: The first of them.
        last: The last of them.
    """

    first: Day
    last: Day


MAX_XP_DAYS = 10
"""Days of which a profile keeps the XP, so that a task that comes to be known late counts as it would have then."""


class XpDay(Model):
    """The XP of one day.

    Attributes:
        day: The day.
        xp: What its completed tasks are worth, in all.
        most: How much of that counts.
    """

    day: Day
    xp: Annotated[int, Field(ge=0)]
    most: Annotated[int, Field(ge=0)]


class LastCompletion(Model):
    """The last completion of a task, and the time zones at that time.

    Attributes:
        at: When the task was completed.
        day: The day that it was in `time_zone`.
        time_zone: Where the user's days began.
        next_time_zone: The time zone of the user's preferences. If it is another one, it counts from the next day.
    """

    at: Timestamp
    day: Day
    time_zone: str
    next_time_zone: str


class Progress(Model):
    """How far the user has come.

    Attributes:
        level: From 1; follows from `xp`.
        xp: Points, for tasks that were completed.
        streak: Days in a row with a completed task, in the user's own time zone, up to the last of `active_days`. It
            stands while that day is today or yesterday.
        longest_streak: The most that there ever were.
        active_days: The days with a completed task, as runs, the oldest first: those that end in the last 200 days up
            to the last of them.
        xp_days: The XP of the last 10 days with a completed task, the oldest first.
        last: The last completion.
    """

    level: Annotated[int, Field(ge=1)] = 1
    xp: Annotated[int, Field(ge=0)] = 0
    streak: Annotated[int, Field(ge=0)] = 0
    longest_streak: Annotated[int, Field(ge=0)] = 0
    active_days: Annotated[list[DayRun], Field(max_length=MAX_RUNS)] = Field(default_factory=list)
    xp_days: Annotated[list[XpDay], Field(max_length=MAX_XP_DAYS)] = Field(default_factory=list)
    last: LastCompletion | None = None
    achievements: Annotated[list[Achievement], Field(max_length=200)] = Field(default_factory=list)
    stats: Stats = Field(default_factory=Stats)


class User(Model):
    """The document; the server makes it on sign-up, the user changes the name, the picture and the preferences.

    Attributes:
        id: The Auth uid, and the document's id.
        email: As Auth knows it; anonymous users have none.
        photo_url: A picture of the user.
        role: As in the token's claims, where the rules look.
        permissions: As in the token's claims.
        provisional: The account may not have come to be: the sign-up was still under way.
    """

    id: UserId
    email: Annotated[str, Field(max_length=320)] | None = None
    display_name: Annotated[Name, CLIENT] = "New User"
    photo_url: Annotated[Url | None, CLIENT, Field(alias="photoURL")] = None
    role: Role = "user"
    permissions: Annotated[list[Permission], Field(max_length=50)] = Field(default_factory=list)
    preferences: Annotated[Preferences, CLIENT] = Field(default_factory=Preferences)
    progress: Progress = Field(default_factory=Progress)
    provisional: bool | None = None
    created_at: Timestamp
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: SchemaVersion = 1
