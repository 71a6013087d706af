"""The rebuild of aggregates from raw events, for days whose raw events are all kept still.

It gives exactly the figures of the roll-up, unless events were deleted since: with their user's data, or by an admin.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from stoker import config
from stoker.analytics.aggregates import document_names, replacements
from stoker.analytics.bucket_tally import Tally, roll_up_hours
from stoker.analytics.buckets import GRANULARITIES, Key, bucket_of, end_of, start_of
from stoker.analytics.raw_events import AHEAD, read
from stoker.analytics.roll_up_lease import RollUpLease
from stoker.errors import NotRebuildable, RollUpBusy, Unavailable
from stoker.firestore import raw
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.messages import WriteMessage, plain
from stoker.firestore.optimistic import until_written
from stoker.models.analytics import Granularity
from stoker.queries.declared import aggregates_of, rolled_up_events

PAGE: Final = 2_000
"""The events that are read between two renewals of the lease."""

WRITTEN_AT_ONCE: Final = 200
"""The aggregates of a commit. With their sketches, they have 2 MB at most."""

LEASE_WAIT_SECONDS = 120.0
"""The longest time that a rebuild waits for the roll-up's lease, in seconds. The roll-up releases it when its run ends
at the latest."""


@dataclass(frozen=True)
class RebuiltAggregates:
    """The result of a rebuild.

    Attributes:
        events: The number of events that were counted.
        written: The number of aggregates that were written.
        removed: The number of aggregates that were deleted, because they have no events any more.
    """

    events: int
    written: int
    removed: int


def earliest_start(now: datetime) -> datetime:
    """Return the start of the first day whose events are all kept still. Events of earlier days may have expired.

    An event is rolled up at most `AHEAD` before its own time. It expires at least `config.KEPT_AT_LEAST_DAYS` after it
    was rolled up.

    Args:
        now: The current time.
    """
    kept = now - timedelta(days=config.KEPT_AT_LEAST_DAYS) + AHEAD
    return datetime(kept.year, kept.month, kept.day, tzinfo=UTC) + timedelta(days=1)


def rebuild(
    start: datetime | None = None,
    end: datetime | None = None,
    progress: Callable[[int], None] = lambda events: None,
) -> RebuiltAggregates:
    """Count the aggregates of all hours, days and months that lie wholly within a range of time again.

    It reads every raw event, at one document read for each. New events are not rolled up meanwhile.

    Args:
        start: The start of the range, with a time zone; None for the earliest possible start.
        end: The end of the range; None for no end, so that today and this month belong to it.
        progress: Called with the number of events that have been read so far.

    Raises:
        NotRebuildable: Events of the range may have expired.
        RollUpBusy: The roll-up did not release its lease in time.
        RollUpLeaseLost: This process was suspended for so long that the lease expired and a roll-up took it. The
            aggregates that were written before are complete. Start the rebuild again.
    """
    now = datetime.now(UTC)
    first = earliest_start(now)
    if start is not None and start < first:
        raise NotRebuildable(
            f"Raw events are deleted after {config.KEPT_AT_LEAST_DAYS} days or later, so events before "
            f"{first:%Y-%m-%d} may be gone. Begin on that day, or later."
        )
    within = TimeRange(start or first, end)
    lease = _wait_for_lease()
    try:
        hours, events = _counted(within, lease, progress)
        tallies = {key: tally for key, tally in roll_up_hours(hours).items() if within.has(key)}
        gone = [key for key in _stored(within, now) if key not in tallies]
        _write(lease, tallies, gone, now)
    finally:
        lease.give_back()
    return RebuiltAggregates(events, len(tallies), len(gone))


@dataclass(frozen=True)
class TimeRange:
    """A range of time.

    Attributes:
        start: The start of the range.
        end: The end of the range; None for no end.
    """

    start: datetime
    end: datetime | None

    def has(self, key: Key) -> bool:
        """Return whether the bucket of an aggregate lies wholly within the range."""
        ends = self.end is None or end_of(key.granularity, key.bucket) <= self.end
        return ends and start_of(key.granularity, key.bucket) >= self.start


def _wait_for_lease() -> RollUpLease:
    until = time.monotonic() + LEASE_WAIT_SECONDS
    while (lease := RollUpLease.take()) is None:
        if time.monotonic() > until:
            raise RollUpBusy("Events are being rolled up without a pause. Try again when there are fewer events.")
        time.sleep(0.2)
    return lease


def _counted(
    within: TimeRange, lease: RollUpLease, progress: Callable[[int], None]
) -> tuple[dict[tuple[str, str], Tally], int]:
    """Count the events of a range by hour and name. Return the figures, and the number of events."""
    hours: dict[tuple[str, str], Tally] = {}
    seen, counted, after = 0, 0, None
    while page := list(read(rolled_up_events(), after, PAGE)):
        for event in page:
            if event.counts is None:
                continue
            hour, name, user_id, value = event.counts
            if within.has(Key("hour", hour, name)):
                hours.setdefault((hour, name), Tally()).add(user_id, value)
                counted += 1
        seen, after = seen + len(page), page[-1].name
        progress(seen)
        lease.renew()
    return hours, counted


def _stored(within: TimeRange, now: datetime) -> Iterator[Key]:
    """Yield the stored aggregates within a range."""
    latest = within.end or now + timedelta(days=366)
    for granularity in GRANULARITIES:
        query = aggregates_of(granularity, *_names(granularity, within.start, latest)).select(["bucket", "name"])
        for document in raw.find(query):
            key = Key(granularity, str(plain(document.fields["bucket"])), str(plain(document.fields["name"])))
            if within.has(key):
                yield key


def _names(granularity: Granularity, start: datetime, end: datetime) -> tuple[str, str]:
    return bucket_of(granularity, start), bucket_of(granularity, end)


def _write(lease: RollUpLease, tallies: Mapping[Key, Tally], gone: list[Key], now: datetime) -> None:
    writes = [pair for key, tally in tallies.items() for pair in replacements(key, tally, now)]
    writes += [WriteMessage(delete=name) for key in gone for name in document_names(key)]
    for begin in range(0, len(writes), 2 * WRITTEN_AT_ONCE):
        some = writes[begin : begin + 2 * WRITTEN_AT_ONCE]
        try:
            # After a failure, a held lease means that only the answer was lost. Writing the same again changes nothing.
            until_written(partial(_commit, lease, some), read_again=lease.check, through_outages=True)
        except TRANSIENT as error:
            raise Unavailable("Firestore does not take the aggregates.") from error


def _commit(lease: RollUpLease, writes: list[Any]) -> None:
    renewed, *_ = raw.commit([lease.renewal(), *writes])
    lease.renewed(renewed)
