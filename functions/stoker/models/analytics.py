"""`analyticsEvents/{id}`, which only grow, and `analyticsAggregates/{id}`, which they are rolled up into."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId
from stoker.models.writers import CLIENT_ONCE, CREATION_TIME, Near

EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
"""What happened, such as `video.played`; it becomes a part of a document's id."""

PropertyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
PropertyText = Annotated[str, StringConstraints(pattern=r"^[^\n]{0,500}$")]
"""On one line, so that the rules can look at all the properties at once."""

Granularity = Literal["hour", "day", "month"]


class AnalyticsEvent(Model):
    """Something that happened.

    Attributes:
        id: Repeats the document's id.
        user_id: To whom.
        name: What.
        properties: What else is to be known of it: at most 20 fields.
        value: A figure that is added up, where there is one.
        occurred_at: When, by the client's clock: at most a day before it is written, and 5 minutes after.
        created_at: The server's time.
    """

    id: Annotated[DocumentId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    name: Annotated[EventName, CLIENT_ONCE]
    properties: Annotated[
        dict[PropertyName, PropertyText | bool | int | float | None], CLIENT_ONCE, Field(max_length=20)
    ] = Field(default_factory=dict)
    value: Annotated[float | None, CLIENT_ONCE, Field(ge=-1e12, le=1e12)] = None
    occurred_at: Annotated[Timestamp, CLIENT_ONCE, Near(before=timedelta(days=1), after=timedelta(minutes=5))]
    created_at: Annotated[Timestamp, CREATION_TIME]
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1


class AnalyticsAggregate(Model):
    """What happened under one name in one hour, day or month, by `occurred_at` in UTC.

    Attributes:
        bucket: `2026-11-22T07`, `2026-11-22` or `2026-11`.
        count: Events.
        sum: Of their values; so `min` and `max`, which are missing where no event has a value.
        unique_users: How many different users; exact while they are few.
    """

    granularity: Granularity
    bucket: str
    name: EventName
    count: Annotated[int, Field(ge=0)] = 0
    sum: float = 0
    min: float | None = None
    max: float | None = None
    unique_users: Annotated[int, Field(ge=0)] = 0
    updated_at: Timestamp
    schema_version: SchemaVersion = 1
