"""What an app asks of the aggregates: how a figure went, what happened most, how many users there were."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from stoker.analytics.aggregates import names_of
from stoker.analytics.buckets import Key, buckets_between, start_of
from stoker.analytics.users import Users
from stoker.firestore import raw
from stoker.firestore.messages import plain
from stoker.models.analytics import ALL, AnalyticsAggregate, Granularity
from stoker.queries.declared import greatest

MOST_BUCKETS: Final = 10_000
"""Of a series: more than a year of hours. Each costs a read, also where nothing happened in it."""

PAGE: Final = 500
"""Documents that are asked for at once."""

Period = Literal["day", "week", "month", "7-days", "28-days"]
"""A time for which active users are counted."""


def series(name: str, granularity: Granularity, start: datetime, end: datetime) -> list[AnalyticsAggregate]:
    """How the events of a name went, as far as the time has come.

    Args:
        name: Of the events; `all` for those of every name.
        granularity: Of the figures.
        start: When it begins, with a time zone.
        end: When it ends; it does not belong to the series itself.

    Returns:
        An aggregate for each hour, day or month that the time touches and that has begun, in their order; with a
        `count` of 0 where nothing happened.

    Raises:
        ValueError: That would be more than `MOST_BUCKETS`, a time has no time zone, or there is no such granularity.

    Example:
        >>> monday = datetime(2026, 11, 16, tzinfo=UTC)
        >>> [one.count for one in series("video.played", "day", monday, monday + timedelta(days=7))]  # doctest: +SKIP
        [310, 295, 288, 301, 340, 512, 498]
    """
    if granularity not in get_args(Granularity):
        raise ValueError(f"{granularity!r} is no granularity. Name {', '.join(get_args(Granularity))}.")
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("The start and the end need a time zone, such as datetime(2026, 11, 16, tzinfo=UTC).")
    # Looked up by their ids, which follow from the time: that needs no index.
    keys: list[Key] = []
    for bucket in buckets_between(granularity, start, min(end, datetime.now(UTC))):
        if len(keys) == MOST_BUCKETS:
            raise ValueError(f"That is more than {MOST_BUCKETS:,} {granularity}s: ask for less time, or longer steps.")
        keys.append(Key(granularity, bucket, name))
    found = {one.document_id: aggregate for one, aggregate in _found(keys)}
    return [found.get(key.document_id) or _nothing(key) for key in keys]


def top(granularity: Granularity, bucket: str, n: int = 10) -> list[AnalyticsAggregate]:
    """What happened most in an hour, a day or a month.

    Args:
        granularity: Of the bucket.
        bucket: Such as `2026-11-22`.
        n: How many names at most.

    Returns:
        Their aggregates, that of the most events first.

    Raises:
        ValueError: There is no such bucket.
    """
    start_of(granularity, bucket)
    # One more, since `all` is always among the first.
    found = (_aggregate(one) for one in raw.found(greatest(granularity, bucket).limit(n + 1)))
    return [aggregate for aggregate in found if aggregate.name != ALL][:n]


def active_users(period: Period, on: date | None = None) -> int:
    """How many different users were active: those with an event that a client has recorded.

    Args:
        period: `day`; `week`, from Monday to Sunday; `month`, from the first day to the last; or `7-days` and
            `28-days`, which end with the day. Days begin and end in UTC.
        on: The day, or a day of the week or the month; today where it is left out. A period that has not ended is
            counted as far as it has gone.

    Raises:
        ValueError: There is no such period.
        TypeError: `on` is no date.

    Returns:
        Users: exactly up to some 1,500, within 2 % beyond (see `Users`).

    Example:
        >>> active_users("28-days", date(2026, 11, 22))  # doctest: +SKIP
        1204
    """
    if period not in get_args(Period):
        raise ValueError(f"{period!r} is no period. Name {', '.join(get_args(Period))}.")
    if on is not None and not isinstance(on, date):
        raise TypeError("The day must be a date, such as date(2026, 11, 22).")
    users = Users()
    buckets = [Key(granularity, bucket, ALL) for granularity, bucket in buckets_of(period, on or today())]
    for sketch in raw.get_all([names_of(key)[1] for key in buckets], ["users"]):
        stored = plain(sketch.fields["users"])
        if isinstance(stored, bytes):
            users.merge(Users(stored))
    return users.count()


def buckets_of(period: Period, on: date) -> list[tuple[Granularity, str]]:
    """The days of a period, or its month.

    Args:
        period: As in `active_users`.
        on: A day of it.

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
    """The day that it is, in UTC."""
    return datetime.now(UTC).date()


def _found(keys: Sequence[Key]) -> Iterator[tuple[Key, AnalyticsAggregate]]:
    by_name = {names_of(key)[0]: key for key in keys}
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
