"""Events as the roll-up sees them: what is counted of them, or why that can't be done, and the mark that says so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from google.cloud.firestore_v1 import Query
from pydantic import ValidationError

from stoker import config
from stoker.analytics.buckets import bucket_of
from stoker.analytics.clock import LATE, happened_at
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.messages import WriteMessage, plain, unchanged_since, written
from stoker.models.analytics import SERVER_EVENTS, CountedEvent
from stoker.models.document import problems

COUNTED: Final = ("userId", "name", "value", "occurredAt", "sentAt", "createdAt")
FIELDS: Final = (*COUNTED, "skipped")
"""What is read of an event: never its properties, which may be a megabyte."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What happened before is a clock that was not set."""

AHEAD: Final = timedelta(days=1)
"""The time of an event that a function records may lie so far in the future, because a time zone may be mistaken for
UTC."""

REASON_CHARACTERS: Final = 300
"""Of why an event was skipped."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that waits.

    Attributes:
        name: Of its document, in full.
        update_time: When it was written, as protobuf has it.
        counts: Its hour, its name, its user and its value; None where it can't be counted.
        skipped: Why not.
    """

    name: str
    update_time: Any
    counts: tuple[str, str, str, float | None] | None
    skipped: str | None = None

    @property
    def series(self) -> tuple[str, str]:
        """By which events are sorted: those of an hour and a name come together."""
        return self.counts[:2] if self.counts else ("", "")


def marks(events: Iterable[StoredEvent], now: datetime) -> Iterator[Any]:
    """The writes that say that events are rolled up; each is refused where its event has changed, or is gone.

    Args:
        events: As they were read.
        now: From when on they are kept for a while.
    """
    fields = {"rolledUp": True, "expiresAt": now + timedelta(days=config.KEEP_EVENTS_DAYS)}
    counted = _mark(fields)
    for event in events:
        write = WriteMessage()
        write.CopyFrom(counted if event.skipped is None else _mark({**fields, "skipped": event.skipped}))
        write.update.name = event.name
        yield unchanged_since(write, event.update_time)


def _mark(fields: Mapping[str, object]) -> Any:
    """A write of some fields into an event without a name. It is copied, which takes half of the time."""
    write = written("", fields)
    write.update_mask.field_paths.extend(fields)
    return write


def read(query: Query, after: str | None = None, limit: int | None = None) -> Iterator[StoredEvent]:
    """Events that a query finds.

    Args:
        query: Of events, sorted by their ids.
        after: The name of the event behind which to begin.
        limit: The most events.
    """
    query = query.select(FIELDS)
    if after is not None:
        name = after.rpartition("/")[2]
        query = query.start_after({"__name__": client().collection(config.ANALYTICS_EVENTS).document(name)})
    return _events(raw.find(query if limit is None else query.limit(limit)))


def read_again(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    """The same events as they are now, without those that are gone or that someone else has rolled up."""
    documents = raw.get_all([event.name for event in events], [*FIELDS, "rolledUp"])
    return list(_events(one for one in documents if plain(one.fields["rolledUp"]) is False))


def _events(documents: Iterable[Any]) -> Iterator[StoredEvent]:
    latest = datetime.now(UTC) + AHEAD
    for document in documents:
        # A message of its own, which does not keep the whole document's.
        update_time = type(document.update_time)()
        update_time.CopyFrom(document.update_time)
        try:
            yield StoredEvent(document.name, update_time, _counts(document, latest))
        except NotCountable as reason:
            yield StoredEvent(document.name, update_time, None, str(reason))


class NotCountable(Exception):
    """What is wrong with an event."""


def _counts(document: Any, latest: datetime) -> tuple[str, str, str, float | None]:
    if "skipped" in document.fields:
        # The roll-up has decided, once and for all: a rebuild must not count what was too far ahead then.
        raise NotCountable(str(plain(document.fields["skipped"])))
    data = {field: plain(value) for field, value in document.fields.items() if field in COUNTED}
    try:
        event = CountedEvent.from_firestore(data)
    except ValidationError as error:
        raise NotCountable("; ".join(problems(error, data))[:REASON_CHARACTERS]) from None
    return bucket_of("hour", _time_of(event, latest)), event.name, event.user_id, event.value


def _time_of(event: CountedEvent, latest: datetime) -> datetime:
    """Return the time by which an event is counted.

    Raises:
        NotCountable: The event came too late, or a time that the server has written is no possible time.
    """
    if event.name in SERVER_EVENTS:
        return _sane("occurredAt", event.occurred_at, latest)
    happened = happened_at(event.occurred_at, event.sent_at, _sane("createdAt", event.created_at, latest))
    if happened is None:
        raise NotCountable(f"occurredAt: must lie at most {LATE / timedelta(hours=1):.0f} hours before createdAt")
    return happened


def _sane(field: str, time: datetime, latest: datetime) -> datetime:
    if not EARLIEST <= time <= latest:
        raise NotCountable(f"{field}: must lie between the year 2000 and tomorrow")
    return time
