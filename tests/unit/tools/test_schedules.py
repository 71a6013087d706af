"""When scheduled functions run."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from stoker_tools.emulators.schedules import UnknownScheduleError, times

START = datetime(2026, 11, 22, 7, 30, 20, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("schedule", "time_zone", "expected"),
    [
        ("every 1 minutes", "UTC", ["11-22 07:31:20", "11-22 07:32:20"]),
        ("every 90 minutes", "UTC", ["11-22 09:00:20", "11-22 10:30:20"]),
        ("every 2 hours", "UTC", ["11-22 09:30:20", "11-22 11:30:20"]),
        ("every hour", "UTC", ["11-22 08:30:20", "11-22 09:30:20"]),
        ("every day 03:00", "UTC", ["11-23 03:00:00", "11-24 03:00:00"]),
        ("Every Monday,Friday 17:30", "UTC", ["11-23 17:30:00", "11-27 17:30:00"]),
        ("every day 03:00", "America/Los_Angeles", ["11-22 11:00:00", "11-23 11:00:00"]),
        ("*/20 * * * *", "UTC", ["11-22 07:40:00", "11-22 08:00:00"]),
        ("0 9 1 * *", "Asia/Kolkata", ["12-01 03:30:00"]),
    ],
)
def test_times(schedule: str, time_zone: str, expected: list[str]) -> None:
    found = itertools.islice(times(schedule, time_zone, START), len(expected))
    assert [f"{time.astimezone(UTC):%m-%d %H:%M:%S}" for time in found] == expected


def test_a_change_of_the_clocks_keeps_the_local_time() -> None:
    before = datetime(2026, 3, 7, 12, tzinfo=UTC)
    first, second = itertools.islice(times("0 9 * * *", "America/New_York", before), 2)
    assert [time.hour for time in (first, second)] == [9, 9]
    assert second - first == timedelta(days=1)  # by the wall
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize("schedule", ["1st monday of month 09:00", "every 0 minutes", "every fooday 10:00", "* * *"])
def test_other_forms_are_refused(schedule: str) -> None:
    with pytest.raises(UnknownScheduleError):
        times(schedule, "UTC", START)
