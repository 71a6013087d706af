"""Spans of time into which documents are counted: days, weeks and months of a time zone, or spans of equal length."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stoker.errors import InvalidArgument
from stoker.firestore.messages import EPOCH

Every = timedelta | Literal["day", "week", "month"]
"""The length of a bucket. A week begins on Monday."""

Span = tuple[datetime, datetime]
"""The start of a bucket, and its end, which is the start of the next.

Both are in UTC. In Python, two times of one time zone are equal if a clock shows the same, even an hour later.
"""

NAMES: tuple[str, ...] = get_args(get_args(Every)[1])


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone.

    Args:
        name: A name of the tz database.

    Raises:
        InvalidArgument: There is no such time zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise InvalidArgument(
            f"{name!r:.100} is no time zone. Name one of the tz database, such as Europe/Berlin."
        ) from error


def spans(every: Every, zone: ZoneInfo) -> Callable[[datetime], Span]:
    """Return a function that gives the bucket of a time.

    Args:
        every: The length of the buckets. Buckets of a `timedelta` begin at multiples of it since 1 January 1970, UTC.
        zone: The time zone in which days, weeks and months begin at midnight.

    Returns:
        A function from a time to its bucket. It raises OverflowError or ValueError for a time in the first or the last
        year that Python knows.

    Raises:
        InvalidArgument: The length is wrong.

    Example:
        >>> start, end = spans("day", ZoneInfo("Europe/Berlin"))(datetime(2026, 10, 25, 12, tzinfo=UTC))
        >>> start.isoformat(), (end - start).total_seconds() / 3600
        ('2026-10-24T22:00:00+00:00', 25.0)
    """
    if isinstance(every, timedelta):
        if every <= timedelta(0):
            raise InvalidArgument("The buckets need a length above 0.")
        return lambda moment: _equal_span(moment, every)
    if every not in NAMES:
        raise InvalidArgument(f"{every!r:.100} is no length. Pass a timedelta, or one of {', '.join(NAMES)}.")

    first, following = STEPS[every]

    @lru_cache(maxsize=4096)
    def of_day(day: datetime) -> Span:
        start = first(day)
        return _midnight(start, zone), _midnight(following(start), zone)

    def of(moment: datetime) -> Span:
        local = moment.astimezone(zone)
        day = datetime(local.year, local.month, local.day)
        span = of_day(day)
        # Clocks that go back over midnight show the day before for a while, after it has ended.
        while moment >= span[1]:
            day = following(first(day))
            span = of_day(day)
        return span

    return of


def _midnight(day: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in a time zone, in UTC. If the clocks skip midnight, it is when they skip.

    Source: https://docs.python.org/3/library/datetime.html#datetime.datetime.fold (the two readings of such a time)
    """
    late, early = (day.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early >= late:
        return late  # The clocks show midnight once or twice. This is the first time.
    # One change of the clocks lies between both readings. Clocks change at whole seconds.
    seconds = bisect_left(
        range(int((late - early).total_seconds())),
        True,
        key=lambda second: (early + timedelta(seconds=second)).astimezone(zone).replace(tzinfo=None) >= day,
    )
    return early + timedelta(seconds=seconds)


def _next_month(start: datetime) -> datetime:
    return (start + timedelta(days=31)).replace(day=1)


STEPS: Mapping[str, tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]] = {
    "day": (lambda day: day, lambda start: start + timedelta(days=1)),
    "week": (lambda day: day - timedelta(days=day.weekday()), lambda start: start + timedelta(days=7)),
    "month": (lambda day: day.replace(day=1), _next_month),
}
"""For each length, the first day of the bucket of a day, and the first day of the bucket after it."""


def _equal_span(moment: datetime, every: timedelta) -> Span:
    start = EPOCH + (moment - EPOCH) // every * every
    return start, start + every
