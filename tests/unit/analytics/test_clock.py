"""An event of a client is counted when it happened, whatever the client's clock shows and however late it comes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.analytics.clock import LATE, SLOW, event_time

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
"""When an event is written, by the server's clock."""

NO_TIME = timedelta(0)
SECOND = timedelta(seconds=1)

CLOCKS = [
    *(timedelta(minutes=minutes) for minutes in (0, 6, -6, 59, -59)),
    *(timedelta(hours=hours) for hours in (1, -1, 12, 24 * 365 * 30)),
]
"""The error of a device's clock. A negative error is a slow clock."""


@pytest.mark.parametrize("fast", CLOCKS)
@pytest.mark.parametrize("ago", [NO_TIME, timedelta(minutes=1), timedelta(hours=25), timedelta(hours=60), LATE])
def test_a_wrong_clock_is_corrected(fast: timedelta, ago: timedelta) -> None:
    assert event_time(NOW - ago + fast, NOW + fast, NOW) == NOW - ago


@pytest.mark.parametrize("fast", CLOCKS)
@pytest.mark.parametrize("later", [SECOND, timedelta(hours=1), timedelta(days=400)])
def test_an_event_that_comes_after_72_hours_is_not_counted(fast: timedelta, later: timedelta) -> None:
    assert event_time(NOW - LATE - later + fast, NOW + fast, NOW) is None


@pytest.mark.parametrize("waited", [SLOW + SECOND, timedelta(hours=48), LATE])
def test_a_write_that_waited_offline_is_not_taken_for_a_slow_clock(waited: timedelta) -> None:
    """Client libraries send `sentAt` as it was when the app wrote the event, days before."""
    assert event_time(NOW - waited, NOW - waited, NOW) == NOW - waited


def test_without_the_time_of_sending_the_clock_is_believed_but_for_the_future() -> None:
    assert event_time(NOW - timedelta(hours=48), None, NOW) == NOW - timedelta(hours=48)
    assert event_time(NOW + timedelta(minutes=6), None, NOW) == NOW
    assert event_time(NOW - LATE - SECOND, None, NOW) is None


TIMES = st.datetimes(timezones=st.just(UTC))


@given(TIMES, st.none() | TIMES, st.datetimes(datetime(2000, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_whatever_a_client_says_an_event_counts_within_the_72_hours_before_it_was_written(
    occurred_at: datetime, sent_at: datetime | None, created_at: datetime
) -> None:
    counted = event_time(occurred_at, sent_at, created_at)
    assert counted is None or created_at - LATE <= counted <= created_at
