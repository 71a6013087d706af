"""Roll-up: events become aggregates, each of them once, whatever is delivered twice or crashes on the way.

The aggregates and the marks on the events that they have grown by change in one commit. It is refused as a whole where
any of them is not as it was read, or where another roll-up has taken the lease.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from google.api_core import exceptions

from stoker import config, shutdown
from stoker.analytics.aggregates import Aggregates
from stoker.analytics.bucket_tally import roll_up_hours, tally_by_hour
from stoker.analytics.raw_events import StoredEvent, mark_writes, read, read_again
from stoker.analytics.roll_up_lease import RollUpLease, RollUpLeaseLost
from stoker.firestore import raw
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.optimistic import until_written
from stoker.logs import JobLog
from stoker.queries.declared import waiting_events

COMMIT_SECONDS = 30.0
"""How long a commit may take, all tries included. The function has 120 s, and begins its last commit by 55 s."""

TRIES = 5
"""How often a batch is read again that someone has touched; then it is left to the next roll-up."""


def roll_up_through_the_minute(
    now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Roll up at once, and again every so often until the next run begins: Cloud Scheduler knows no seconds.

    Args:
        now: The clock, in seconds. It never goes back.
        sleep: Waits for some seconds of that clock, at most 0.5 at a time.
    """
    began = now()
    starts = began
    while starts < began + config.ROLL_UP_SECONDS:
        while (wait := starts - now()) > 0:
            if shutdown.going_down():
                return
            sleep(min(wait, 0.5))
        try:
            roll_up(began + config.ROLL_UP_SECONDS, now)
        except Exception as error:
            # The next try comes soon, and finds all that is not done.
            JobLog("").error("Events could not be rolled up; it is tried again.", error)
        starts += config.ROLL_UP_EVERY_SECONDS


def roll_up(until: float = float("inf"), now: Callable[[], float] = time.monotonic) -> int:
    """Roll up all events that wait.

    Args:
        until: When to stop, by `now`; what is not done then is left to the next.
        now: The clock, in seconds. It is read before each commit.

    Returns:
        How many events were marked, with those that could not be counted. 0 where another roll-up is at it.
    """
    began = now()
    lease = RollUpLease.take() if any(read(waiting_events(), limit=1)) else None
    if lease is None:
        return 0
    rolling = RollUp(lease)
    try:
        for window in _windows():
            for batch in batches(window):
                if now() > until or shutdown.going_down():
                    return rolling.done
                rolling.commit(batch)
    except RollUpLeaseLost:
        JobLog("").warning("Another roll-up has taken over; what was committed counts.")
    finally:
        lease.give_back()
        figures = {"events": rolling.done, "skipped": rolling.skipped, "seconds": round(now() - began, 3)}
        JobLog("").info("Events were rolled up.", event="events-rolled-up", **figures)
    return rolling.done


class RollUp:
    """A roll-up under way.

    Args:
        lease: The right to it.

    Attributes:
        done: How many events it has marked.
        skipped: How many of these could not be counted.
    """

    def __init__(self, lease: RollUpLease) -> None:
        self.done = 0
        self.skipped = 0
        self._lease = lease
        self._aggregates = Aggregates()

    def commit(self, batch: Sequence[StoredEvent]) -> None:
        """Roll up some events. One that someone else has touched, or that Firestore refuses, holds up no other.

        Args:
            batch: As they were read.

        Raises:
            RollUpLeaseLost: Nothing was changed, and nothing can be any more.
        """

        def read_batch_again() -> None:
            nonlocal batch
            self._lease.check()
            self._aggregates.forget()
            batch = read_again(batch)

        try:
            # A user's events may be deleted meanwhile, and a commit whose answer is lost may have arrived.
            until_written(
                lambda: self._commit(batch),
                read_again=read_batch_again,
                tries=TRIES,
                seconds=COMMIT_SECONDS,
                through_outages=True,
            )
        except exceptions.InvalidArgument as error:
            # Events are up to a megabyte, which counts towards the 10 MiB of a commit though only marks are sent.
            self._in_halves(batch, error)
        except TRANSIENT as error:
            self._aggregates.forget()
            JobLog("").warning(
                "Events are touched too often, or Firestore does not answer; the next roll-up will have them.",
                events=len(batch),
                reason=str(error),
            )

    def _commit(self, batch: Sequence[StoredEvent]) -> None:
        if not batch:
            return
        now = datetime.now(UTC)
        added = roll_up_hours(tally_by_hour(event.counts for event in batch if event.counts is not None))
        writes = [self._lease.renewal(), *self._aggregates.writes(added, now), *mark_writes(batch, now)]
        lease, *times = raw.commit(writes)
        self._lease.renewed(lease)
        self._aggregates.written(added, times)
        self.done += len(batch)
        self.skipped += sum(event.counts is None for event in batch)

    def _in_halves(self, batch: Sequence[StoredEvent], error: exceptions.InvalidArgument) -> None:
        if len(batch) == 1:
            JobLog("").error(f"{batch[0].name} can't be rolled up: delete it.", error)
            return
        middle = len(batch) // 2
        self.commit(batch[:middle])
        self.commit(batch[middle:])


def batches(events: Sequence[StoredEvent]) -> Iterator[list[StoredEvent]]:
    """Events in parts of which each makes a commit. They are sorted first: the more of an hour come together, the
    fewer commits write its aggregates."""
    batch: list[StoredEvent] = []
    series: set[tuple[str, str]] = set()
    for event in sorted(events, key=lambda event: event.series):
        if len(batch) == config.ROLL_UP_BATCH or (len(series) == config.ROLL_UP_SERIES and event.series not in series):
            yield batch
            batch, series = [], set()
        batch.append(event)
        series.add(event.series)
    if batch:
        yield batch


def _windows() -> Iterator[list[StoredEvent]]:
    """Yield all events that wait, once around, many at a time; the next are read while the last are worked on.

    Each query begins behind the last event of the one before it: not at the start, where the index is full of what was
    just taken out of it, and Firestore would have to step over that.
    """
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(_window, None)
        while window := coming.result():
            last = window[-1].name
            if len(window) < config.ROLL_UP_WINDOW:
                yield window
                return
            coming = reader.submit(_window, last)
            yield window


def _window(after: str | None) -> list[StoredEvent]:
    return list(read(waiting_events(), after, config.ROLL_UP_WINDOW))
