"""`analyticsEvents/{id}`, which only grow, and `analyticsAggregates/{id}`, which they are rolled up into."""

import re
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId
from stoker.models.writers import CLIENT_ONCE, CREATION_TIME, Begins, Near

ALL: Final = "all"
"""The name of the aggregates of all events; no event has it."""


SERVER_EVENTS: Final = ("job.completed", "job.failed", "job.cancelled", "task.completed", "user.signed-up")
"""The names of the events that functions record, and that the rules refuse to clients. They make no user active. Add
those that your functions record, and run scripts/generate."""

SERVER_ID: Final = "server."
"""How the ids of events begin that functions record. No id of a client's document has a dot."""


def _not_all(name: str) -> str:
    if name == ALL:
        raise ValueError(f"'{ALL}' is the name of what all events add up to: choose another")
    return name


def _not_reserved(name: str) -> str:
    if name in SERVER_EVENTS:
        raise ValueError(f"only functions record '{name}': choose another name")
    return name


def _reserved(name: str) -> str:
    if name not in SERVER_EVENTS:
        raise ValueError(
            f"clients may record '{name}' too: add the name to SERVER_EVENTS in functions/stoker/models/analytics.py, "
            "run scripts/generate, and deploy the rules"
        )
    return name


AggregateName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
"""What happened, or `all`; it becomes a part of a document's id."""

EventName = Annotated[AggregateName, AfterValidator(_not_all)]
"""What happened, such as `video.played`."""

ClientEventName = Annotated[
    EventName, AfterValidator(_not_reserved), Field(json_schema_extra={"not": {"enum": [ALL, *SERVER_EVENTS]}})
]
"""The name of an event that a client may record."""

ServerEventName = Annotated[EventName, AfterValidator(_reserved)]
"""The name of an event that only functions may record."""

ServerEventId = Annotated[str, StringConstraints(pattern=rf"^{re.escape(SERVER_ID)}[A-Za-z0-9_-]{{1,64}}$")]
"""The id of an event that functions record. The rules refuse it to clients, so no client can take it first."""

EventValue = Annotated[float, Field(ge=-1e12, le=1e12)]
"""A figure of an event's, in whatever unit its name stands for."""

PropertyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
PropertyText = Annotated[str, StringConstraints(pattern=r"^[^\n]{0,500}$")]
"""On one line, so that the rules can look at all the properties at once."""

Granularity = Literal["hour", "day", "month"]


class AnalyticsEvent(Model):
    """Something that happened.

    Attributes:
        id: Repeats the document's id.
        user_id: To whom.
        name: What. The names of the events that functions record are refused.
        properties: What else is to be known of it: at most 20 fields.
        value: A figure that is added up, where there is one.
        occurred_at: When, by the client's clock. It is counted if it is written within 72 hours.
        sent_at: When the client sends it, by the same clock: the server corrects `occurred_at` by it. Left out if the
            write may wait offline.
        created_at: The server's time.
        rolled_up: Whether the aggregates have it; what has no such field is never found.
        skipped: Why it was not counted, where it could not be.
        expires_at: When Firestore may delete it; set once it is rolled up.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    name: Annotated[ClientEventName, CLIENT_ONCE]
    properties: Annotated[
        dict[PropertyName, PropertyText | bool | int | float | None], CLIENT_ONCE, Field(max_length=20)
    ] = Field(default_factory=dict)
    value: Annotated[EventValue | None, CLIENT_ONCE] = None
    occurred_at: Annotated[Timestamp, CLIENT_ONCE, Near(before=timedelta(days=30))]
    sent_at: Annotated[Timestamp | None, CLIENT_ONCE] = None
    created_at: Annotated[Timestamp, CREATION_TIME]
    rolled_up: Annotated[bool, CLIENT_ONCE, Begins(False)]
    skipped: str | None = None
    expires_at: Timestamp | None = None
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1


class ServerEvent(AnalyticsEvent):
    """An event that functions record.

    Attributes:
        id: One that no client may use.
        name: One that no client may use.
    """

    id: ServerEventId
    name: ServerEventName


class CountedEvent(Model):
    """What of an event is counted; the roll-up reads no more of it.

    Attributes:
        user_id, name, value, occurred_at, sent_at, created_at: As in `AnalyticsEvent`.
    """

    user_id: UserId
    name: EventName
    value: EventValue | None = None
    occurred_at: Timestamp
    sent_at: Timestamp | None = None
    created_at: Timestamp


class AnalyticsAggregate(Model):
    """What happened under one name in one hour, day or month, in UTC.

    Attributes:
        bucket: `2026-11-22T07`, `2026-11-22` or `2026-11`.
        name: Of the events, or `all`.
        count: Events.
        sum: Of their values. `all` has none, because each name may have a unit of its own.
        min: The least value; missing where no event has a value, and for `all`. So is `max`.
        unique_users: How many different users; exact while they are few. For `all`, those who were active: users with
            an event that a client has recorded.
    """

    granularity: Granularity
    bucket: str
    name: AggregateName
    count: Annotated[int, Field(ge=0)] = 0
    sum: float | None = None
    min: float | None = None
    max: float | None = None
    unique_users: Annotated[int, Field(ge=0)] = 0
    updated_at: Timestamp
    schema_version: SchemaVersion = 1
