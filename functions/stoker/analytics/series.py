"""What an app asks of the aggregates: how a figure went, what happened most, how many users there were."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal

from stoker.analytics.aggregates import names_of
from stoker.analytics.buckets import Key, bucket_of, buckets_between, start_of
from stoker.analytics.users import Users
from stoker.firestore import raw
from stoker.firestore.messages import plain
from stoker.models.analytics import ALL, AnalyticsAggregate, Granularity
from stoker.queries.declared import greatest

MOST_BUCKETS: Final = 10_000
"""Of a series: more than a year of hours. Each costs a read, also where nothing happened in it."""

PAGE: Final = 500
"""Documents that are asked for at once."""

Period = Literal["day", "week", "month"]


def series(name: str, granularity: Granularity, start: datetime, end: datetime) -> list[AnalyticsAggregate]:
    """How the events of a name went.

    Args:
        name: Of the events; `all` for those of every name.
        granularity: Of the figures.
        start: When it begins, with a time zone.
        end: When it ends; it does not belong to the series itself.

    Returns:
        An aggregate for each hour, day or month that the time touches, in their order; with a `count` of 0 where
        nothing happened.

    Raises:
        ValueError: That would be more than `MOST_BUCKETS`.

    Example:
        >>> monday = datetime(2026, 11, 16, tzinfo=UTC)
        >>> [one.count for one in series("video.played", "day", monday, monday + timedelta(days=7))]  # doctest: +SKIP
        [310, 295, 288, 301, 340, 512, 498]
    """
    # Looked up by their ids, which follow from the time: that needs no index.
    keys: list[Key] = []
    for bucket in buckets_between(granularity, start, end):
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
    """How many different users had events.

    Args:
        period: `day`; `week`, the seven days that end with it; or `month`, the calendar month that it lies in.
        on: Which day, in UTC; today where it is left out, so far as it has gone.

    Returns:
        Users: exactly up to some 1,500, within 2 % beyond (see `Users`).
    """
    day = datetime.combine(on or datetime.now(UTC).date(), time(), UTC)
    if period == "month":
        days = [Key("month", bucket_of("month", day), ALL)]
    else:
        since = day - timedelta(days=6 if period == "week" else 0)
        days = [Key("day", bucket, ALL) for bucket in buckets_between("day", since, day + timedelta(days=1))]
    users = Users()
    for sketch in raw.get_all([names_of(key)[1] for key in days], ["users"]):
        stored = plain(sketch.fields["users"])
        if isinstance(stored, bytes):
            users.merge(Users(stored))
    return users.count()


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
        granularity=key.granularity, bucket=key.bucket, name=key.name, updated_at=start_of(key.granularity, key.bucket)
    )
