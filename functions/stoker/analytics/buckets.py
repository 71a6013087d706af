"""Hours, days and months in UTC, by the names that they have in documents."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from stoker.models.analytics import Granularity

GRANULARITIES: Final[tuple[Granularity, ...]] = ("hour", "day", "month")

_FORMATS: Final[dict[Granularity, str]] = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m"}
_LENGTHS: Final[dict[Granularity, int]] = {"hour": 13, "day": 10, "month": 7}


class Key(NamedTuple):
    """Which aggregate.

    Attributes:
        granularity: Of its bucket.
        bucket: Such as `2026-11-22T07`.
        name: Of the events, or `all`.
    """

    granularity: Granularity
    bucket: str
    name: str

    @property
    def document_id(self) -> str:
        """
        >>> Key("day", "2026-11-22", "video.played").document_id
        'day_2026-11-22_video.played'
        """
        return "_".join(self)


def bucket_of(granularity: Granularity, time: datetime) -> str:
    """Return the bucket that a time lies in.

    Args:
        granularity: Of the bucket.
        time: With a time zone.

    Example:
        >>> bucket_of("hour", datetime(2026, 11, 22, 7, 59, tzinfo=UTC))
        '2026-11-22T07'
    """
    # A third of the time that strftime takes, for each event.
    return time.astimezone(UTC).isoformat()[: _LENGTHS[granularity]]


def bucket_of_hour(granularity: Granularity, hour: str) -> str:
    """Return the bucket that an hour lies in.

    Example:
        >>> bucket_of_hour("month", "2026-11-22T07")
        '2026-11'
    """
    return hour[: _LENGTHS[granularity]]


def start_of(granularity: Granularity, bucket: str) -> datetime:
    """When a bucket begins.

    Raises:
        ValueError: There is no such bucket.

    Example:
        >>> start_of("month", "2026-11").isoformat()
        '2026-11-01T00:00:00+00:00'
    """
    try:
        start = datetime.strptime(bucket, _FORMATS[granularity]).replace(tzinfo=UTC)
    except ValueError:
        start = None
    if start is None or bucket_of(granularity, start) != bucket:
        now = bucket_of(granularity, datetime.now(UTC))
        raise ValueError(f"'{bucket}' is no {granularity}: write it as '{now}'.")
    return start


def end_of(granularity: Granularity, bucket: str) -> datetime:
    """When a bucket ends, which is when the next begins.

    Example:
        >>> end_of("month", "2026-12").isoformat()
        '2027-01-01T00:00:00+00:00'
    """
    start = start_of(granularity, bucket)
    if granularity == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start + (timedelta(days=1) if granularity == "day" else timedelta(hours=1))


def buckets_between(granularity: Granularity, start: datetime, end: datetime) -> Iterator[str]:
    """Yield the buckets that a stretch of time touches, in their order.

    Args:
        granularity: Of the buckets.
        start: With a time zone.
        end: Likewise; it does not belong to the stretch.

    Example:
        >>> list(buckets_between("day", datetime(2026, 2, 28, 12, tzinfo=UTC), datetime(2026, 3, 1, 1, tzinfo=UTC)))
        ['2026-02-28', '2026-03-01']
    """
    time = start_of(granularity, bucket_of(granularity, start))
    while time < end:
        bucket = bucket_of(granularity, time)
        yield bucket
        time = end_of(granularity, bucket)
