"""`users/{uid}`: a user's profile, with role, preferences and progress."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker.models.document import Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.writers import CLIENT, WRITE_TIME

Role = Literal["user", "admin", "moderator"]
Permission = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*:[a-z][a-z-]*$", max_length=64)]
"""An action that a user may take, such as `read:own-data`."""

MAX_NAME = 100
"""The length of a user's name in UTF-16 units."""

NOT_IN_NAMES = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
"""Characters that no name may have, as a part of a character class: controls, line separators, and controls of the
direction of text, because these could also turn the text beside the name.
Source: https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing"""

INVISIBLE = (
    r" \u00a0\u00ad\u0300-\u036f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u2000-\u200f\u202f\u205f-\u2065\u206a-\u206f\u20d0-\u20ff\u2800\u3000\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that are invisible by themselves, as a part of a character class: blanks, characters without width,
fillers, variation selectors, tags, and the combining marks that belong to no script. A name may have these characters
beside visible characters, as emoji and Persian names do. The marks of a script such as Devanagari are not listed,
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
"""A name with at least one visible character."""

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$", max_length=64)]
Email = Annotated[str, Field(max_length=320)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$", max_length=2048)]


class RoleChange(Model):
    """The argument of `setRole`: a new role for a user.

    Attributes:
        user_id: The uid of the user.
        role: The new role.
        permissions: The new permissions, such as `read:own-data`. If left out, the permissions stay as they are.
    """

    user_id: UserId
    role: Role
    permissions: Annotated[list[Permission], Field(max_length=50)] | None = None


class ProfileHints(Model):
    """The argument of `ensureProfile`: facts that a client knows about its user.

    Attributes:
        time_zone: The time zone of the device, as the device names it. A name that the tz database does not have is
            ignored.
    """

    time_zone: Annotated[str, Field(max_length=64)] | None = None


class Preferences(Model):
    """The user's preferences.

    Attributes:
        language: The language: a BCP 47 tag, such as `de` or `pt-BR`. The server sets it once, from the locale of the
            sign-up.
        time_zone: The time zone in which the user's days begin: a name of the tz database, such as `Europe/Berlin`.
            The server sets it once, from a call of `ensureProfile`.
        theme: The colour theme of the app.
        notifications: True if the app may send notifications.
    """

    language: Language = "en"
    time_zone: TimeZone = "UTC"
    theme: Literal["system", "light", "dark"] = "system"
    notifications: bool = True


class Achievement(Model):
    """An achievement of the user. It is never taken away.

    Attributes:
        id: The id of the achievement, such as `first-task`. `functions/stoker/progress/achievements.py` lists all.
        achieved_at: The time at which the user reached it.
    """

    id: Annotated[str, Field(min_length=1, max_length=64)]
    achieved_at: Timestamp


MAX_CATEGORIES = 100
"""The most categories that a profile counts."""


class Stats(Model):
    """Figures of the user's completed tasks.

    Attributes:
        completed: The number of completed tasks.
        on_time: The number of completed tasks that had a due date and were on time.
        late: The number of completed tasks that were late.
        minutes: The duration of all completed tasks, in minutes.
        by_priority: The number of completed tasks by priority.
        by_category: The number of completed tasks by category. Only the first 100 categories in alphabetical order are
            kept.
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
"""The most runs of days that a profile keeps."""


class DayRun(Model):
    """Consecutive days, each with a completed task.

    Attributes:
        first: The first day.
        last: The last day.
    """

    first: Day
    last: Day


MAX_XP_DAYS = 10
"""The number of days for which a profile keeps the XP. So a task whose event comes late still counts for its
own day."""


class XpDay(Model):
    """The XP of one day.

    Attributes:
        day: The day.
        xp: The XP of all tasks that were completed on the day.
        most: The daily limit: no more XP than this count for the day.
    """

    day: Day
    xp: Annotated[int, Field(ge=0)]
    most: Annotated[int, Field(ge=0)]


class LastCompletion(Model):
    """The last completion of a task, and the time zones at that time.

    Attributes:
        at: The time at which the task was completed.
        day: The day of the completion in `time_zone`.
        time_zone: The time zone in which the user's days were counted.
        next_time_zone: The time zone of the user's preferences. If it differs from `time_zone`, it counts from the next
            day on.
    """

    at: Timestamp
    day: Day
    time_zone: str
    next_time_zone: str


class Progress(Model):
    """The user's progress. It follows from the tasks that the user has completed.

    Attributes:
        level: The level, from 1. It follows from `xp`.
        xp: The experience points for completed tasks.
        streak: The number of consecutive days with a completed task, in the user's time zone, up to the last day of
            `active_days`. The streak goes on if that day is today or yesterday; otherwise it is over.
        longest_streak: The longest streak that the user has had.
        active_days: The days with a completed task, as runs of consecutive days, the oldest first. A run is kept if it
            ends at most 200 days before the last day.
        xp_days: The XP of the last 10 days with a completed task, the oldest first.
        last: The last completion of a task.
        achievements: The achievements that the user has reached, the oldest first.
        stats: Figures of the completed tasks.
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
    """The values that the server has copied from the account to the profile.

    Attributes:
        display_name: The name that was copied last. Missing if the account has no name.
        photo_url: The address of the picture that was copied last. Missing if the account has no picture.
        language: The language that became a preference. Missing if no sign-in named a language.
    """

    display_name: str | None = None
    photo_url: Annotated[str | None, Field(alias="photoURL")] = None
    language: str | None = None


class User(Model):
    """A profile: the document `users/{uid}`. The server creates it on sign-up. The user may change the name, the
    picture and the preferences.

    Attributes:
        id: The Auth uid, which is also the document's id.
        email: The e-mail address of the account. Missing for anonymous users.
        email_verified: True if Auth has verified the address.
        display_name: The user's name. It follows the account until the user changes it here.
        photo_url: The address of the user's picture. It follows the account until the user changes it here.
        from_account: The values that were last copied from the account. If a field of the profile differs, the user has
            changed it.
        role: The role, as a copy for display. The rules read the role in the claims of the user's token.
        permissions: The permissions, as a copy for display. The rules read the claims of the user's token.
        preferences: The user's preferences.
        progress: The user's XP, level, streak and achievements.
        provisional: True while the sign-up is under way: the account may not come to exist. Missing afterwards.
        created_at: The time at which the account was created.
        updated_at: The time of the last write.
        schema_version: The version of the document's form.
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
