"""Rebuild: aggregates are counted again from the raw events, as far as these are all there still.

It gives the same as the roll-up has given, figure by figure, but where events were deleted since: with their user's
data, or by an admin.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from stoker import config
from stoker.analytics.aggregates import names_of, replacements
from stoker.analytics.bucket_tally import Tally, with_all_that_follow
from stoker.analytics.buckets import GRANULARITIES, Key, bucket_of, end_of, start_of
from stoker.analytics.raw_events import AHEAD, read
from stoker.analytics.roll_up_lease import RollUpLease
from stoker.errors import RequestRefused, Unavailable
from stoker.firestore import raw
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.messages import WriteMessage, plain
from stoker.firestore.optimistic import until_written
from stoker.models.analytics import Granularity
from stoker.queries.declared import aggregates_of, rolled_up_events

PAGE: Final = 2_000
"""Events that are read between two renewals of the lease."""

WRITTEN_AT_ONCE: Final = 200
"""Aggregates of one commit, with their sketches: 2 MB at most."""

LEASE_WAIT_SECONDS = 120.0
"""How long a rebuild waits for the roll-up to pause: it does so at the latest when its run ends."""


class NotRebuildable(RequestRefused):
    """The raw events are not all there any more."""

    code = "not-rebuildable"


class RollingUp(RequestRefused):
    """The roll-up did not pause."""

    code = "rolling-up"


@dataclass(frozen=True)
class RebuiltAggregates:
    """What a rebuild did.

    Attributes:
        events: That were counted.
        written: Aggregates that were written.
        removed: Aggregates that no event stands behind any more.
    """

    events: int
    written: int
    removed: int


def earliest(now: datetime) -> datetime:
    """The start of the first day of which all events are there still: those of older days may have expired.

    An event is rolled up at most `AHEAD` before its own time, and does not expire before `KEPT_AT_LEAST_DAYS` after it
    is rolled up.
    """
    kept = now - timedelta(days=config.KEPT_AT_LEAST_DAYS) + AHEAD
    return datetime(kept.year, kept.month, kept.day, tzinfo=UTC) + timedelta(days=1)


def rebuild(
    start: datetime | None = None,
    end: datetime | None = None,
    progress: Callable[[int], None] = lambda events: None,
) -> RebuiltAggregates:
    """Counts aggregates again: those of all hours, days and months that lie wholly within a time.

    It reads every raw event, one document read for each. Meanwhile events wait for the roll-up.

    Args:
        start: When that time begins, with a time zone; as early as can be where it is left out.
        end: When it ends; where it is left out, it goes on, so that today and this month belong to it.
        progress: Is told how many events have been read.

    Raises:
        NotRebuildable: Events of that time may have expired.
        RollingUp: A roll-up was at it for too long.
        RollUpLeaseLost: A roll-up has begun meanwhile, because this process stood still. Aggregates that were rebuilt
            already are whole; begin again.
    """
    now = datetime.now(UTC)
    first = earliest(now)
    if start is not None and start < first:
        raise NotRebuildable(
            f"Raw events are deleted after {config.KEPT_AT_LEAST_DAYS} days or later: those before {first:%Y-%m-%d} "
            "may be gone. Begin there, or later."
        )
    within = Within(start or first, end)
    lease = _wait_for_lease()
    try:
        hours, events = _counted(within, lease, progress)
        tallies = {key: tally for key, tally in with_all_that_follow(hours).items() if within.has(key)}
        gone = [key for key in _stored(within, now) if key not in tallies]
        _write(lease, tallies, gone, now)
    finally:
        lease.give_back()
    return RebuiltAggregates(events, len(tallies), len(gone))


@dataclass(frozen=True)
class Within:
    """A stretch of time.

    Attributes:
        start: When it begins.
        end: When it ends; None where it goes on.
    """

    start: datetime
    end: datetime | None

    def has(self, key: Key) -> bool:
        """Whether a bucket lies wholly within it."""
        ends = self.end is None or end_of(key.granularity, key.bucket) <= self.end
        return ends and start_of(key.granularity, key.bucket) >= self.start


def _wait_for_lease() -> RollUpLease:
    until = time.monotonic() + LEASE_WAIT_SECONDS
    while (lease := RollUpLease.take()) is None:
        if time.monotonic() > until:
            raise RollingUp("Events are being rolled up, without a pause. Try again when there are fewer.")
        time.sleep(0.2)
    return lease


def _counted(
    within: Within, lease: RollUpLease, progress: Callable[[int], None]
) -> tuple[dict[tuple[str, str], Tally], int]:
    """What the events add up to by hour and name; and how many have been counted."""
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


def _stored(within: Within, now: datetime) -> Iterator[Key]:
    """The aggregates that there are within a time."""
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
    writes += [WriteMessage(delete=name) for key in gone for name in names_of(key)]
    for begin in range(0, len(writes), 2 * WRITTEN_AT_ONCE):
        some = writes[begin : begin + 2 * WRITTEN_AT_ONCE]
        try:
            # If the lease is ours after a failure, an answer was lost. To write the same again changes nothing.
            until_written(partial(_commit, lease, some), read_again=lease.check, through_outages=True)
        except TRANSIENT as error:
            raise Unavailable("Firestore does not take the aggregates. Begin again in a moment.") from error


def _commit(lease: RollUpLease, writes: list[Any]) -> None:
    renewed, *_ = raw.commit([lease.renewal(), *writes])
    lease.renewed(renewed)
