"""The reading of raw events for the roll-up, and the marks on events that are rolled up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.cloud.firestore_v1 import Query
from pydantic import ValidationError

from stoker import config
from stoker.analytics.buckets import bucket_of
from stoker.analytics.clock import LATE, event_time
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.messages import WriteMessage, plain, unchanged_since, written
from stoker.models.analytics import SERVER_EVENTS, CountedEvent
from stoker.models.problems import problems

COUNTED: Final = ("userId", "name", "value", "occurredAt", "sentAt", "createdAt")
FIELDS: Final = (*COUNTED, "skipped")
"""The fields of an event that are read. Its properties are not read, because they may be a megabyte."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The earliest time of an event. An earlier time comes from a clock that was not set."""

AHEAD: Final = timedelta(days=1)
"""The longest time that a time written by the server may lie in the future. A function may have mistaken a local time
for UTC."""

REASON_CHARACTERS: Final = 300
"""The most characters of the reason why an event was skipped."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A raw event.

    Attributes:
        name: The full name of its document.
        update_time: The update time of its document, as a protobuf message.
        counts: The event's hour, name, uid and value; None if it can't be counted.
        skipped: The reason why it can't be counted; None if it can.
    """

    name: str
    update_time: Any
    counts: tuple[str, str, str, float | None] | None
    skipped: str | None = None

    @property
    def series(self) -> tuple[str, str]:
        """The sort key of events, which brings events of the same hour and name together."""
        return self.counts[:2] if self.counts else ("", "")


def mark_writes(events: Iterable[StoredEvent], now: datetime) -> Iterator[Any]:
    """Yield the writes that mark events as rolled up. A write is refused if its event has changed or is gone.

    Args:
        events: The events, as they were read.
        now: The current time. The events expire `config.KEEP_EVENTS_DAYS` later.
    """
    fields = {"rolledUp": True, "expiresAt": now + timedelta(days=config.KEEP_EVENTS_DAYS)}
    counted = _mark(fields)
    for event in events:
        write = WriteMessage()
        write.CopyFrom(counted if event.skipped is None else _mark({**fields, "skipped": event.skipped}))
        write.update.name = event.name
        yield unchanged_since(write, event.update_time)


def _mark(fields: Mapping[str, object]) -> Any:
    """Return a write of some fields into an event without a name. Copying it is twice as fast as building a write."""
    write = written("", fields)
    write.update_mask.field_paths.extend(fields)
    return write


def read(query: Query, after: str | None = None, limit: int | None = None) -> Iterator[StoredEvent]:
    """Yield the events that a query finds.

    Args:
        query: A query of events, sorted by their ids.
        after: The name of the event after which to begin; None for the beginning.
        limit: The most events to read; None for all.
    """
    query = query.select(FIELDS)
    if after is not None:
        name = after.rpartition("/")[2]
        query = query.start_after({"__name__": client().collection(config.ANALYTICS_EVENTS).document(name)})
    return _events(raw.find(query if limit is None else query.limit(limit)))


def read_again(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """Read events again. Events that are gone, or that somebody else has rolled up, are left out."""
    documents = raw.get_all([event.name for event in events], [*FIELDS, "rolledUp"])
    return list(_events(one for one in documents if plain(one.fields["rolledUp"]) is False))


def _events(documents: Iterable[Any]) -> Iterator[StoredEvent]:
    latest = datetime.now(UTC) + AHEAD
    for document in documents:
        # A copy of the message, because the original would keep the whole document in memory.
        update_time = type(document.update_time)()
        update_time.CopyFrom(document.update_time)
        try:
            yield StoredEvent(document.name, update_time, _counts(document, latest))
        except NotCountable as reason:
            yield StoredEvent(document.name, update_time, None, str(reason))


class NotCountable(Exception):
    """An event can't be counted. The message is the reason."""


def _counts(document: Any, latest: datetime) -> tuple[str, str, str, float | None]:
    if "skipped" in document.fields:
        # The roll-up's decision stays. So a rebuild does not count an event whose time was too far in the future then.
        raise NotCountable(str(plain(document.fields["skipped"])))
    data = {field: plain(value) for field, value in document.fields.items() if field in COUNTED}
    try:
        event = CountedEvent.from_firestore(data)
    except ValidationError as error:
        raise NotCountable("; ".join(problems(error, data))[:REASON_CHARACTERS]) from None
    return bucket_of("hour", _time_of(event, latest)), event.name, event.user_id, event.value


def _time_of(event: CountedEvent, latest: datetime) -> datetime:
    """Return the time at which an event is counted.

    Raises:
        NotCountable: The event was written too late, or a time that the server has written is impossible.
    """
    if event.name in SERVER_EVENTS:
        return _sane("occurredAt", event.occurred_at, latest)
    happened = event_time(event.occurred_at, event.sent_at, _sane("createdAt", event.created_at, latest))
    if happened is None:
        raise NotCountable(f"occurredAt: must lie at most {LATE / timedelta(hours=1):.0f} hours before createdAt")
    return happened


def _sane(field: str, time: datetime, latest: datetime) -> datetime:
    if not EARLIEST <= time <= latest:
        raise NotCountable(f"{field}: must lie between the year 2000 and tomorrow")
    return time
