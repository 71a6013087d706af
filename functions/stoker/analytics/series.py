"""Figures for apps: a series over time, the most frequent events, and the number of active users."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from stoker import features
from stoker.analytics.aggregates import document_names
from stoker.analytics.buckets import Key, buckets_between, start_of
from stoker.analytics.user_sketch import UserSketch
from stoker.firestore import raw
from stoker.firestore.messages import plain
from stoker.models.analytics import ALL, AnalyticsAggregate, Granularity
from stoker.queries.declared import top_aggregates

MOST_BUCKETS: Final = 10_000
"""The most buckets of a series, which is more than a year of hours. Each bucket costs a read, also without events."""

PAGE: Final = 500
"""The documents of a request."""

Period = Literal["day", "week", "month", "7-days", "28-days"]
"""A period for which active users are counted."""


def series(name: str, granularity: Granularity, start: datetime, end: datetime) -> list[AnalyticsAggregate]:
    """Return the figures of an event over time.

    Args:
        name: The name of the events, or `all` for events of all names.
        granularity: The granularity of the figures.
        start: The start of the series, with a time zone.
        end: The end of the series, with a time zone. It does not belong to the series.

    Returns:
        An aggregate for each hour, day or month that overlaps the time and has begun, in order. If there were no
        events, its `count` is 0.

    Raises:
        ValueError: The series would have more than `MOST_BUCKETS` buckets, a time has no time zone, or `granularity` is
            not a granularity.
        ParameterError: `stoker.toml` switches analytics off.

    Example:
        >>> monday = datetime(2026, 11, 16, tzinfo=UTC)
        >>> [one.count for one in series("video.played", "day", monday, monday + timedelta(days=7))]  # doctest: +SKIP
        [310, 295, 288, 301, 340, 512, 498]
    """
    features.need("analytics")
    if granularity not in get_args(Granularity):
        raise ValueError(f"{granularity!r} is no granularity. Name {', '.join(get_args(Granularity))}.")
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("The start and the end need a time zone, such as datetime(2026, 11, 16, tzinfo=UTC).")
    # Aggregates are looked up by their ids, which follow from the time. This needs no index.
    keys: list[Key] = []
    for bucket in buckets_between(granularity, start, min(end, datetime.now(UTC))):
        if len(keys) == MOST_BUCKETS:
            raise ValueError(f"That is more than {MOST_BUCKETS:,} {granularity}s: ask for less time, or longer steps.")
        keys.append(Key(granularity, bucket, name))
    found = {one.document_id: aggregate for one, aggregate in _found(keys)}
    return [found.get(key.document_id) or _nothing(key) for key in keys]


def top(granularity: Granularity, bucket: str, n: int = 10) -> list[AnalyticsAggregate]:
    """Return the most frequent events of an hour, a day or a month.

    Args:
        granularity: The granularity of the bucket.
        bucket: The bucket, such as `2026-11-22`.
        n: The most names to return.

    Returns:
        The aggregates of these names, the most frequent first.

    Raises:
        ValueError: `bucket` is not an hour, a day or a month of this granularity.
        ParameterError: `stoker.toml` switches analytics off.
    """
    features.need("analytics")
    start_of(granularity, bucket)
    # One more is read, because `all` is always among the first.
    found = (_aggregate(one) for one in raw.find(top_aggregates(granularity, bucket).limit(n + 1)))
    return [aggregate for aggregate in found if aggregate.name != ALL][:n]


def active_users(period: Period, on: date | None = None) -> int:
    """Return the number of different users who were active: users with an event that a client has recorded.

    Args:
        period: `day`; `week`, from Monday to Sunday; `month`, from the first day to the last; or `7-days` and
            `28-days`, which end with the day `on`. Days begin and end in UTC.
        on: The day, or any day of the week or the month; None for today. A period that has not ended is counted up to
            now.

    Returns:
        The number of users: exact up to some 1,500, within 2 % beyond (see `UserSketch`).

    Raises:
        ValueError: `period` is not a period.
        TypeError: `on` is not a date.
        ParameterError: `stoker.toml` switches analytics off.

    Example:
        >>> active_users("28-days", date(2026, 11, 22))  # doctest: +SKIP
        1204
    """
    features.need("analytics")
    if period not in get_args(Period):
        raise ValueError(f"{period!r} is no period. Name {', '.join(get_args(Period))}.")
    if on is not None and not isinstance(on, date):
        raise TypeError("The day must be a date, such as date(2026, 11, 22).")
    users = UserSketch()
    buckets = [Key(granularity, bucket, ALL) for granularity, bucket in buckets_of(period, on or today())]
    for sketch in raw.get_all([document_names(key)[1] for key in buckets], ["users"]):
        stored = plain(sketch.fields["users"])
        if isinstance(stored, bytes):
            users.merge(UserSketch(stored))
    return users.count()


def buckets_of(period: Period, on: date) -> list[tuple[Granularity, str]]:
    """Return the buckets of a period: its days, or its month.

    Args:
        period: The period, as in `active_users`.
        on: A day of the period.

    Example:
        >>> buckets_of("week", date(2026, 11, 22))[0], buckets_of("7-days", date(2026, 11, 22))[0]
        (('day', '2026-11-16'), ('day', '2026-11-16'))
        >>> buckets_of("month", date(2026, 11, 22))
        [('month', '2026-11')]
    """
    match period:
        case "month":
            return [("month", f"{on:%Y-%m}")]
        case "week":
            first, days = on - timedelta(days=on.weekday()), 7
        case "day":
            first, days = on, 1
        case "7-days" | "28-days":
            days = 7 if period == "7-days" else 28
            first = on - timedelta(days=days - 1)
    return [("day", (first + timedelta(days=number)).isoformat()) for number in range(days)]


def today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()


def _found(keys: Sequence[Key]) -> Iterator[tuple[Key, AnalyticsAggregate]]:
    by_name = {document_names(key)[0]: key for key in keys}
    names = list(by_name)
    for begin in range(0, len(names), PAGE):
        for document in raw.get_all(names[begin : begin + PAGE]):
            yield by_name[document.name], _aggregate(document)


def _aggregate(document: Any) -> AnalyticsAggregate:
    return AnalyticsAggregate.from_firestore({field: plain(value) for field, value in document.fields.items()})


def _nothing(key: Key) -> AnalyticsAggregate:
    return AnalyticsAggregate(
        granularity=key.granularity,
        bucket=key.bucket,
        name=key.name,
        sum=None if key.name == ALL else 0.0,
        updated_at=start_of(key.granularity, key.bucket),
    )
