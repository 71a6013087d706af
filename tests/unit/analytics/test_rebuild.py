"""The days that a rebuild may count again: none of their events has expired."""

from datetime import UTC, datetime, timedelta

import pytest

from stoker import config
from stoker.analytics.raw_events import AHEAD
from stoker.analytics.rebuild import earliest_start

MIDNIGHT = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("now", [MIDNIGHT, MIDNIGHT + timedelta(hours=13), MIDNIGHT - timedelta(microseconds=1)])
@pytest.mark.parametrize("kept_days", [62, config.KEEP_EVENTS_DAYS])
@pytest.mark.parametrize("ahead", [timedelta(0), AHEAD])
def test_no_event_of_a_day_that_is_counted_again_has_expired(now: datetime, kept_days: int, ahead: timedelta) -> None:
    """An earlier version kept events for 62 days. A function may give its event a time that is still to come."""
    rolled_up = earliest_start(now) - ahead
    assert rolled_up + timedelta(days=kept_days) > now


@pytest.mark.parametrize("now", [MIDNIGHT, MIDNIGHT + timedelta(hours=13), MIDNIGHT - timedelta(microseconds=1)])
def test_a_month_can_be_counted_again_for_weeks_after_it_is_final(now: datetime) -> None:
    final = timedelta(days=31) + timedelta(hours=72)
    assert earliest_start(now) <= now - final - timedelta(days=26)
