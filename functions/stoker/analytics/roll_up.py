"""The roll-up of events into aggregates. Each event is counted once, even if a run crashes.

A commit writes the aggregates, and marks the events that they now include. The whole commit is refused if any of these
documents has changed since it was read, or if another roll-up has taken the lease.
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
"""The longest time of a commit, in seconds, with all tries. The function has 120 s. It begins its last commit within
55 s."""

TRIES = 5
"""The most tries with a batch whose events somebody else writes. Then the batch is left to the next roll-up."""


def roll_up_through_the_minute(
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    *,
    is_patient: bool | None = None,
) -> None:
    """Roll up several times in a minute, because Cloud Scheduler can't start a function more often than that.

    The time between two roll-ups is billed. So a run ends when there are no new events.

    Args:
        now: The clock, in seconds. It never goes back.
        sleep: Waits for some seconds of that clock, at most 0.5 at a time.
        is_patient: Whether the run waits for events although there are none. Left out: in the emulators, where waiting
            costs nothing.
    """
    is_patient = config.emulated() if is_patient is None else is_patient
    began = now()
    starts = began
    while starts < began + config.ROLL_UP_SECONDS:
        while (wait := starts - now()) > 0:
            if shutdown.going_down():
                return
            sleep(min(wait, 0.5))
        try:
            marked = roll_up(began + config.ROLL_UP_SECONDS, now)
            if marked is None and not is_patient:
                return
        except Exception as error:
            # The next roll-up comes soon, and finds all events that are not rolled up.
            JobLog("").error("Events could not be rolled up. The next roll-up will try again.", error)
        starts += config.ROLL_UP_EVERY_SECONDS


def roll_up(until: float = float("inf"), now: Callable[[], float] = time.monotonic) -> int | None:
    """Roll up all events that are not rolled up yet.

    Args:
        until: The time of the clock at which to stop. The rest is left to the next roll-up.
        now: The clock, in seconds. It is read before each commit.

    Returns:
        The number of events that were marked, including events that can't be counted; 0 if another roll-up is running,
        and None if no event waits.
    """
    began = now()
    if not any(read(waiting_events(), limit=1)):
        return None
    lease = RollUpLease.take()
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
        JobLog("").warning("Another roll-up has taken the lease. The events that were committed are counted.")
    finally:
        lease.give_back()
        figures = {"events": rolling.done, "skipped": rolling.skipped, "seconds": round(now() - began, 3)}
        JobLog("").info("Events were rolled up.", event="events-rolled-up", **figures)
    return rolling.done


class RollUp:
    """A run of the roll-up.

    Args:
        lease: The lease of the run.

    Attributes:
        done: The number of events that the run has marked.
        skipped: The number of these events that can't be counted.
    """

    def __init__(self, lease: RollUpLease) -> None:
        self.done = 0
        self.skipped = 0
        self._lease = lease
        self._aggregates = Aggregates()

    def commit(self, batch: Sequence[StoredEvent]) -> None:
        """Roll up a batch of events. An event that Firestore refuses does not hold up the others.

        Args:
            batch: The events, as they were read.

        Raises:
            RollUpLeaseLost: The lease is lost. Nothing was changed by this commit.
        """

        def read_batch_again() -> None:
            nonlocal batch
            self._lease.check()
            self._aggregates.forget()
            batch = read_again(batch)

        try:
            # Meanwhile, a user's events may have been deleted. Or a commit has succeeded, but its answer was lost.
            until_written(
                lambda: self._commit(batch),
                read_again=read_batch_again,
                tries=TRIES,
                seconds=COMMIT_SECONDS,
                through_outages=True,
            )
        except exceptions.InvalidArgument as error:
            # An event may have a megabyte. This counts towards the 10 MiB of a commit, although only a mark is sent.
            self._in_halves(batch, error)
        except TRANSIENT as error:
            self._aggregates.forget()
            JobLog("").warning(
                "Others write these events, or Firestore does not answer. The next roll-up will try again.",
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
            JobLog("").error(f"The event {batch[0].name} can't be rolled up. Delete it.", error)
            return
        middle = len(batch) // 2
        self.commit(batch[:middle])
        self.commit(batch[middle:])


def batches(events: Sequence[StoredEvent]) -> Iterator[list[StoredEvent]]:
    """Divide events into batches, one for each commit.

    The events are sorted first. If the events of an hour and name come together, fewer commits write their aggregates.

    Args:
        events: The events, in any order.
    """
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
    """Yield all events that are not rolled up, many at a time. The next are read while the caller works on the last.

    Each query begins after the last event of the query before. A query from the start would be slow: Firestore would
    have to skip the index entries of all events that were just marked.
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
