"""`analyticsEvents/{id}`, and `analyticsAggregates/{id}`, which the events are rolled up into."""

import re
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId
from stoker.models.writers import CLIENT_ONCE, CREATION_TIME, InitialValue, TimeWindow

ALL: Final = "all"
"""The name of the aggregates of all events. No event has this name."""


SERVER_EVENTS: Final = ("job.completed", "job.failed", "job.cancelled", "task.completed", "user.signed-up")
"""The names of the events that functions record. The rules refuse these names to clients, and such an event does not
make its user active. Add the names that your own functions record, and run scripts/generate."""

SERVER_ID: Final = "server."
"""The beginning of the ids of events that functions record. A client can't write such an id, because it has a dot."""


def _not_all(name: str) -> str:
    if name == ALL:
        raise ValueError(f"'{ALL}' is the name of the aggregates of all events: choose another")
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
"""The name of an aggregate: an event's name, or `all`. It becomes a part of a document's id."""

EventName = Annotated[AggregateName, AfterValidator(_not_all)]
"""The name of an event, such as `video.played`."""

ClientEventName = Annotated[
    EventName, AfterValidator(_not_reserved), Field(json_schema_extra={"not": {"enum": [ALL, *SERVER_EVENTS]}})
]
"""The name of an event that a client may record."""

ServerEventName = Annotated[EventName, AfterValidator(_reserved)]
"""The name of an event that only functions may record."""

ServerEventId = Annotated[str, StringConstraints(pattern=rf"^{re.escape(SERVER_ID)}[A-Za-z0-9_-]{{1,64}}$")]
"""The id of an event that functions record. The rules refuse such an id to clients, so no client can take it first."""

EventValue = Annotated[float, Field(ge=-1e12, le=1e12)]
"""A figure of an event. The event's name decides the unit."""

PropertyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
PropertyText = Annotated[str, StringConstraints(pattern=r"^[^\n]{0,500}$")]
"""A text without line breaks, because the rules join all properties with line breaks to check them."""

Granularity = Literal["hour", "day", "month"]


class AnalyticsEvent(Model):
    """An event: the document `analyticsEvents/{id}`.

    Attributes:
        id: The id of the document, repeated.
        user_id: The uid of the user to whom the event happened.
        name: The name of the event, such as `video.played`. The names of events that the server records are refused.
        properties: Further facts about the event, each a text, a number or true or false. A text has at most 500
            characters and no line break.
        value: A figure that the aggregates add up.
        occurred_at: The time of the event, by the client's clock. The event is counted if it is written within 72
            hours.
        sent_at: The time at which the client sends the event, by the same clock. The server uses it to correct a wrong
            clock. Leave it out if the write may wait offline.
        created_at: The time at which the document was created.
        rolled_up: True if the aggregates include the event. Without this field, the event is never counted.
        skipped: The reason why the event could not be counted. Missing if it was counted.
        expires_at: The time from which Firestore may delete the document. Set when the event is rolled up.
        schema_version: The version of the document's form.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    name: Annotated[ClientEventName, CLIENT_ONCE]
    properties: Annotated[
        dict[PropertyName, PropertyText | bool | int | float | None], CLIENT_ONCE, Field(max_length=20)
    ] = Field(default_factory=dict)
    value: Annotated[EventValue | None, CLIENT_ONCE] = None
    occurred_at: Annotated[Timestamp, CLIENT_ONCE, TimeWindow(before=timedelta(days=30))]
    sent_at: Annotated[Timestamp | None, CLIENT_ONCE] = None
    created_at: Annotated[Timestamp, CREATION_TIME]
    rolled_up: Annotated[bool, CLIENT_ONCE, InitialValue(False)]
    skipped: str | None = None
    expires_at: Timestamp | None = None
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1


class ServerEvent(AnalyticsEvent):
    """An event that functions record.

    Attributes:
        id: The id. No client may write such an id.
        name: The name. No client may write such a name.
    """

    id: ServerEventId
    name: ServerEventName


class CountedEvent(Model):
    """The fields of an `AnalyticsEvent` that the roll-up counts. It reads no others."""

    user_id: UserId
    name: EventName
    value: EventValue | None = None
    occurred_at: Timestamp
    sent_at: Timestamp | None = None
    created_at: Timestamp


class AnalyticsAggregate(Model):
    """An aggregate: the document `analyticsAggregates/{id}`. It has the figures of all events of a name in an hour, a
    day or a month, in UTC.

    Attributes:
        granularity: The length of the time.
        bucket: The hour, day or month: `2026-11-22T07`, `2026-11-22` or `2026-11`.
        name: The name of the events, or `all` for the events of all names.
        count: The number of events.
        sum: The sum of the events' values. Missing for `all`, because each name may have a unit of its own.
        min: The least value. Missing if no event has a value, and for `all`.
        max: The greatest value. Missing if no event has a value, and for `all`.
        unique_users: The number of different users: exact up to some 1,500, within 2 % beyond. For `all`, the number of
            active users: users with an event that a client has recorded.
        updated_at: The time of the last write.
        schema_version: The version of the document's form.
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
