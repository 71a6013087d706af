"""Spans of time meet without gaps, also where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.aggregations.time_buckets import Every, spans, zone_named
from stoker.errors import InvalidArgument

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "America/Havana",
    "Pacific/Apia",
    "Africa/Cairo",
    # Clocks that go back over midnight, or forward over it by the half.
    "America/St_Johns",
    "America/Moncton",
    "Antarctica/Casey",
    "America/Toronto",
    # Days that never were, and a day that was twice.
    "Pacific/Kwajalein",
    "Asia/Manila",
    "America/Juneau",
]


@given(
    moment=st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1)),
    every=st.sampled_from(["day", "week", "month", timedelta(hours=1), timedelta(minutes=7), timedelta(days=7)]),
    zone=st.sampled_from(ZONES),
)
def test_a_time_lies_in_its_span_and_the_next_span_begins_at_its_end(moment: datetime, every: Every, zone: str) -> None:
    of, time = spans(every, ZoneInfo(zone)), moment.replace(tzinfo=UTC)
    start, end = of(time)
    assert start <= time < end
    assert of(start) == of(end - timedelta(microseconds=1)) == (start, end)
    assert of(end)[0] == end


def changes(zone: ZoneInfo) -> list[datetime]:
    """Return times of the changes of a zone's clocks, to the half day."""
    times = [datetime(1844, 1, 1, tzinfo=UTC) + timedelta(hours=12 * number) for number in range(365 * 2 * 190)]
    offsets = [time.astimezone(zone).utcoffset() for time in times]
    return [time for time, before, after in zip(times, offsets, offsets[1:], strict=False) if before != after]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES[1:])
def test_each_quarter_of_an_hour_beside_each_change_lies_in_its_day(zone: str) -> None:
    place = ZoneInfo(zone)
    of = spans("day", place)
    for change in changes(place):
        end = None
        for quarter in range(-4 * 24, 4 * 48):
            time = change + timedelta(minutes=15 * quarter)
            start, ends = of(time)
            assert start <= time < ends, time
            assert end in (None, start, ends), time  # Each span begins at the end of the one before.
            assert start.astimezone(place).date() > (start - timedelta(seconds=1)).astimezone(place).date(), time
            end = ends


@pytest.mark.parametrize(
    ("every", "zone", "time", "start", "hours"),
    [
        ("day", "Europe/Berlin", "2026-03-29T12:00+00:00", "2026-03-29T00:00:00+01:00", 23),
        ("day", "Europe/Berlin", "2026-10-25T12:00+00:00", "2026-10-25T00:00:00+02:00", 25),
        # The clocks skip midnight, so the day begins at one o'clock.
        ("day", "America/Sao_Paulo", "2018-11-04T12:00+00:00", "2018-11-04T01:00:00-02:00", 23),
        # The clocks skip half an hour before midnight and half an hour after it.
        ("day", "America/Toronto", "1919-03-31T04:45+00:00", "1919-03-31T00:30:00-04:00", 23.5),
        # At one minute past midnight, the clocks show 23:01 of the day before again. This day has ended.
        ("day", "America/St_Johns", "2006-10-29T03:00+00:00", "2006-10-29T00:00:00-02:30", 25),
        ("month", "Antarctica/Casey", "2010-03-04T15:30+00:00", "2010-03-01T00:00:00+11:00", 747),
        ("week", "Europe/Berlin", "2026-11-29T22:59+00:00", "2026-11-23T00:00:00+01:00", 168),
        ("month", "UTC", "2028-02-29T00:00+00:00", "2028-02-01T00:00:00+00:00", 29 * 24),
        (timedelta(days=1), "Asia/Tokyo", "2026-11-27T23:00+00:00", "2026-11-27T09:00:00+09:00", 24),
    ],
)
def test_the_spans(every: Every, zone: str, time: str, start: str, hours: int) -> None:
    begins, ends = spans(every, ZoneInfo(zone))(datetime.fromisoformat(time))
    assert begins.astimezone(ZoneInfo(zone)).isoformat() == start
    assert ends - begins == timedelta(hours=hours)


def test_the_hour_that_clocks_show_twice_is_two_spans() -> None:
    of = spans(timedelta(hours=1), ZoneInfo("Europe/Berlin"))
    assert of(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) != of(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize("name", ["Berlin", "", "../etc/passwd", "a\0b", "Europe"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgument, match="is no time zone"):
        zone_named(name)


@pytest.mark.parametrize("every", [timedelta(0), timedelta(-1), "year"])
def test_a_wrong_length_is_refused(every: Every) -> None:
    with pytest.raises(InvalidArgument):
        spans(every, ZoneInfo("UTC"))
