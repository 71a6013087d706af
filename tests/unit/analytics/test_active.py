"""Users who count as active, by day."""

from datetime import date

import pytest

from stoker.analytics.bucket_tally import Tally, roll_up_hours, tally_by_hour
from stoker.analytics.buckets import GRANULARITIES, Key, bucket_of_hour
from stoker.analytics.series import Period, buckets_of
from stoker.models.analytics import SERVER_EVENTS

HOUR = "2026-11-22T07"
"""On a Sunday."""


def whole(*events: tuple[str, str, float | None]) -> list[Tally]:
    """The aggregates of all names, by the hour, the day and the month, of events with their name, user and value."""
    found = roll_up_hours(tally_by_hour((HOUR, *event) for event in events))
    return [found[Key(granularity, bucket_of_hour(granularity, HOUR), "all")] for granularity in GRANULARITIES]


@pytest.mark.parametrize("name", SERVER_EVENTS)
def test_an_event_of_the_server_makes_no_user_active(name: str) -> None:
    for tally in whole(("app.opened", "ada", None), (name, "ada", 1.0), (name, "bob", 1.0), (name, "carl", 1.0)):
        assert (tally.count, tally.users.count()) == (4, 1)


def test_any_event_of_a_client_makes_a_user_active() -> None:
    for tally in whole(("app.opened", "ada", None), ("job.completed.seen", "bob", None), ("video.played", "ada", 1.0)):
        assert tally.users.count() == 2


def test_values_of_several_names_are_not_added_up() -> None:
    for tally in whole(("job.completed", "ada", 93.5), ("task.completed", "ada", 25.0), ("invoice.paid", "ada", 10.0)):
        assert (tally.sum, tally.min, tally.max) == (0, None, None)


@pytest.mark.parametrize(
    ("period", "on", "first", "last", "count"),
    [
        ("day", date(2026, 11, 22), "2026-11-22", "2026-11-22", 1),
        ("week", date(2026, 11, 22), "2026-11-16", "2026-11-22", 7),  # a Sunday
        ("week", date(2026, 11, 23), "2026-11-23", "2026-11-29", 7),  # a Monday
        ("week", date(2027, 1, 1), "2026-12-28", "2027-01-03", 7),
        ("month", date(2028, 2, 29), "2028-02", "2028-02", 1),
        ("7-days", date(2026, 11, 25), "2026-11-19", "2026-11-25", 7),
        ("7-days", date(2028, 3, 2), "2028-02-25", "2028-03-02", 7),
        ("28-days", date(2026, 11, 22), "2026-10-26", "2026-11-22", 28),
        ("28-days", date(2027, 1, 1), "2026-12-05", "2027-01-01", 28),
    ],
)
def test_the_days_of_a_period(period: Period, on: date, first: str, last: str, count: int) -> None:
    buckets = [bucket for _, bucket in buckets_of(period, on)]
    assert (buckets[0], buckets[-1], len(set(buckets))) == (first, last, count)
    assert buckets == sorted(buckets)
