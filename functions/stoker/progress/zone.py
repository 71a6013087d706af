"""The time zone in which a user's days are counted. A change counts from the next day, so that no day counts twice."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stoker.models.completion import Completion
from stoker.models.user import LastCompletion


def day_of(moment: datetime, time_zone: object) -> str:
    """Return the day at a moment, in a time zone.

    Args:
        moment: The moment, with a time zone.
        time_zone: A name of the tz database. An unknown time zone counts as UTC.

    Example:
        >>> day_of(datetime(2027, 1, 1, 23, 30, tzinfo=ZoneInfo("UTC")), "Europe/Berlin")
        '2027-01-02'
    """
    return moment.astimezone(_zone(time_zone)).date().isoformat()


def zone_name(time_zone: object) -> str:
    """Return the name of a time zone. An unknown time zone counts as UTC."""
    return _zone(time_zone).key


def zone_at(moment: datetime, preferred: str, last: LastCompletion | None) -> str:
    """Return the time zone that counts at a moment. Days never go back, even if the time zone changes.

    Args:
        moment: The time at which a task is completed.
        preferred: The time zone of the user's preferences.
        last: The user's last completion; None if there is none.

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
    # The new time zone may still be on the day before the last completion. That day would add a day to the streak, so
    # the change waits until the new zone has reached the day.
    may_change = day_of(moment, last.time_zone) > last.day <= day_of(moment, last.next_time_zone)
    return last.next_time_zone if may_change else last.time_zone


def later(last: LastCompletion | None, completion: Completion) -> LastCompletion | None:
    """Return the later of two completions, in either order of arguments.

    Args:
        last: The last completion so far; None if there is none.
        completion: Another completion. It is ignored if it has no time zones.
    """
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
        return ZoneInfo("UTC")  # Clients may write names that are no time zones.
