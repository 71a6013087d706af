"""The time zone in which a user's days are counted. A change counts from the next day, so that no day counts twice."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stoker.models.completion import Completion
from stoker.models.user import LastCompletion


def day_of(moment: datetime, time_zone: object) -> str:
    """Return the day that it is at a moment, where the user is.

    Args:
        moment: With a time zone.
        time_zone: A name of the tz database; what is none counts as UTC.

    Example:
        >>> day_of(datetime(2027, 1, 1, 23, 30, tzinfo=ZoneInfo("UTC")), "Europe/Berlin")
        '2027-01-02'
    """
    return moment.astimezone(_zone(time_zone)).date().isoformat()


def zone_name(time_zone: object) -> str:
    """Return the name of a time zone; what is none counts as UTC."""
    return _zone(time_zone).key


def zone_at(moment: datetime, preferred: str, last: LastCompletion | None) -> str:
    """Find the time zone that counts at a moment. No day comes after a later day.

    Args:
        moment: When a task is completed.
        preferred: The time zone of the user's preferences.
        last: The last completion; None if there is none.

    Example:
        >>> noon = datetime(2027, 1, 1, 12, tzinfo=ZoneInfo("UTC"))
        >>> last = LastCompletion(at=noon, day="2027-01-01", time_zone="UTC", next_time_zone="Asia/Tokyo")
        >>> zone_at(noon.replace(hour=23), "Asia/Tokyo", last)
        'UTC'
        >>> zone_at(noon.replace(day=2), "Asia/Tokyo", last)
        'Asia/Tokyo'
    """
    if last is None:
        return preferred
    # The day of the last completion may not have come in the next zone: it would count as one more day in a row.
    may_change = day_of(moment, last.time_zone) > last.day <= day_of(moment, last.next_time_zone)
    return last.next_time_zone if may_change else last.time_zone


def later(last: LastCompletion | None, completion: Completion) -> LastCompletion | None:
    """Return the later one of two completions, whichever comes first."""
    if completion.time_zone is None or completion.next_time_zone is None:
        return last
    this = LastCompletion(
        at=completion.completed_at,
        day=completion.day,
        time_zone=completion.time_zone,
        next_time_zone=completion.next_time_zone,
    )
    return this if last is None else max(last, this, key=_order)


def _order(one: LastCompletion) -> tuple[datetime, str, str, str]:
    return one.at, one.day, one.time_zone, one.next_time_zone


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")  # of what clients may write, not everything is a zone
