"""`users/{uid}`: who someone is in the app, and how far they have come."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker.models.document import Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.writers import CLIENT, WRITE_TIME

Role = Literal["user", "admin", "moderator"]
Permission = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*:[a-z][a-z-]*$", max_length=64)]
"""What someone may do, such as `read:own-data`."""

MAX_NAME = 100
"""The length of a user's name in UTF-16 units."""

NOT_IN_NAMES = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
"""Characters that no name may have, as a part of a character class: controls, line separators, and the controls of
direction, by which a name could turn the text beside it.
Source: https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing"""

INVISIBLE = (
    r" \u00a0\u00ad\u0300-\u036f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u2000-\u200f\u202f\u205f-\u2065\u206a-\u206f\u20d0-\u20ff\u2800\u3000\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that show nothing by themselves, as a part of a character class: blanks, characters without width,
fillers, variation selectors, tags, and the combining marks that belong to no script of their own. A name may have them
beside others, as emoji and Persian names do. The marks of a script such as Devanagari are not among these characters,
because Python's `re` has no class of all marks.
Sources: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point and https://www.unicode.org/charts/
("Combining Diacritics")"""

Name = Annotated[
    str,
    StringConstraints(
        max_length=MAX_NAME, pattern=f"^[^{NOT_IN_NAMES}]*[^{INVISIBLE}{NOT_IN_NAMES}][^{NOT_IN_NAMES}]*$"
    ),
    utf_16_units(MAX_NAME),
]
"""A name that can be seen."""

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$", max_length=64)]
Email = Annotated[str, Field(max_length=320)]
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


class ProfileHints(Model):
    """The argument of `ensureProfile`: what a client knows of its user.

    Attributes:
        time_zone: Of the device, as the device names it. A name that is not of the tz database is left out.
    """

    time_zone: Annotated[str, Field(max_length=64)] | None = None


class Preferences(Model):
    """How the user wants the app.

    Attributes:
        language: A BCP 47 tag, such as `de` or `pt-BR`. The server sets it once, from a sign-up's locale.
        time_zone: A name of the tz database, such as `Europe/Berlin`: the user's days begin there. The server sets it
            once, from a call of `ensureProfile`.
        theme: Of the app's surface.
        notifications: Whether the app may send any.
    """

    language: Language = "en"
    time_zone: TimeZone = "UTC"
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


DEFAULT_NAME = "New User"
"""The name in a profile if the account has none."""


class CopiedFromAccount(Model):
    """The values that the server has copied from the account. Those that it did not have are left out.

    Attributes:
        display_name: The last one.
        photo_url: The last one.
        language: The first one, which became a preference.
    """

    display_name: str | None = None
    photo_url: Annotated[str | None, Field(alias="photoURL")] = None
    language: str | None = None


class User(Model):
    """The document; the server makes it on sign-up, the user changes the name, the picture and the preferences.

    Attributes:
        id: The Auth uid, and the document's id.
        email: As Auth knows it; anonymous users have none.
        email_verified: Whether Auth has verified the address.
        display_name: The account's, until the user changes it here.
        photo_url: A picture of the user: the account's, until the user changes it here.
        from_account: The values that were last copied from the account. If a field differs, the user has changed it.
        role: As in the token's claims, where the rules look.
        permissions: As in the token's claims.
        provisional: The account may not have come to be: the sign-up was still under way.
    """

    id: UserId
    email: Email | None = None
    email_verified: bool = False
    display_name: Annotated[Name, CLIENT] = DEFAULT_NAME
    photo_url: Annotated[Url | None, CLIENT, Field(alias="photoURL")] = None
    from_account: CopiedFromAccount | None = None
    role: Role = "user"
    permissions: Annotated[list[Permission], Field(max_length=50)] = Field(default_factory=list)
    preferences: Annotated[Preferences, CLIENT] = Field(default_factory=Preferences)
    progress: Progress = Field(default_factory=Progress)
    provisional: bool | None = None
    created_at: Timestamp
    updated_at: Annotated[Timestamp, WRITE_TIME]
    schema_version: SchemaVersion = 1
