"""Forty days of events, late, doubled and by wrong clocks: every figure equals a plain recount of what happened."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.analytics import aggregates, deliver, recounted, waiting
from emulator.phones import OF_FUNCTIONS, UNITS, Delivered, Event, delivered, parts
from stoker import config
from stoker.analytics.rebuild import rebuild
from stoker.analytics.roll_up import roll_up
from stoker.analytics.series import Period, active_users, series, top
from stoker.firestore.client import client

pytestmark = pytest.mark.usefixtures("apart")

DAYS = 40

EXACT = 1_500
"""Up to so many users are counted exactly, and beyond within 2 %."""


def same_users(counted: int, users: int) -> bool:
    return counted == users if users <= EXACT else counted == pytest.approx(users, rel=0.02)


def assert_equal(found: dict[str, dict[str, Any]], expected: dict[str, dict[str, Any]]) -> None:
    """Compare all aggregates: users within the bound of their sketches, and all else to the last bit."""
    assert found.keys() == expected.keys()
    for name, one in found.items():
        assert same_users(one.pop("uniqueUsers"), expected[name]["uniqueUsers"]), name
        assert one == {field: value for field, value in expected[name].items() if field != "uniqueUsers"}


def users_between(events: Iterable[Event], first: date, last: date) -> int:
    apps = (event for event in events if event["name"] not in OF_FUNCTIONS)
    return len({event["userId"] for event in apps if first <= event["occurredAt"].date() <= last})


def assert_active_users(events: list[Event], on: date) -> None:
    monday = on - timedelta(days=on.weekday())
    next_month = (on.replace(day=1) + timedelta(days=31)).replace(day=1)
    spans: dict[Period, tuple[date, date]] = {
        "day": (on, on),
        "week": (monday, monday + timedelta(days=6)),
        "month": (on.replace(day=1), next_month - timedelta(days=1)),
        "7-days": (on - timedelta(days=6), on),
        "28-days": (on - timedelta(days=27), on),
    }
    for period, span in spans.items():
        assert same_users(active_users(period, on), users_between(events, *span)), (period, on)


def assert_lists(expected: dict[str, dict[str, Any]], now: datetime) -> None:
    """Compare what an app asks for with the recount."""
    start = now - timedelta(days=DAYS + 2)
    for name in (*UNITS, *OF_FUNCTIONS, "all"):
        for one in series(name, "day", start, now):
            same = expected.get(f"day_{one.bucket}_{name}", {})
            assert (one.count, one.min, one.max) == (same.get("count", 0), same.get("min"), same.get("max"))
            assert one.sum == (None if name == "all" else same.get("sum", 0.0))
    month = f"{now - timedelta(days=20):%Y-%m}"
    counts = [one["count"] for name, one in expected.items() if name.startswith(f"month_{month}_")]
    assert [one.count for one in top("month", month, 20)] == sorted(counts, reverse=True)[1:]


def how_many_were_skipped() -> int:
    late = client().collection(config.ANALYTICS_EVENTS).where(filter=FieldFilter("rolledUp", "==", True))
    return sum("skipped" in (event.to_dict() or {}) for event in late.select(["skipped"]).stream())


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("count", "users", "roll_ups"), [(150, 40, 3), pytest.param(50_000, 2_000, 12, marks=pytest.mark.soak)]
)
def test_every_figure_equals_a_recount(count: int, users: int, roll_ups: int) -> None:
    events = delivered(count, users, DAYS, seed=count)
    for part in parts(events, roll_ups):
        deliver([one.event for one in part])
        roll_up()
    while waiting():
        roll_up()
    now = datetime.now(UTC)
    counted = {one.event["id"]: one.truth for one in events if one.happened is not None}
    truth = list(counted.values())
    assert count * 0.8 < len(truth) < count  # some came too late
    assert how_many_were_skipped() == count - len(truth)
    expected = recounted(truth)
    assert_equal(aggregates(), expected)
    assert_lists(expected, now)
    for days in range(0, DAYS, 13):
        assert_active_users(truth, (now - timedelta(days=days)).date())

    rebuilt = rebuild()
    assert (rebuilt.events, rebuilt.removed) == (len(truth), 0)
    assert_equal(aggregates(), expected)


def test_an_event_that_comes_twice_and_late_counts_once() -> None:
    """The same events, delivered in any order, give the same figures."""
    events: list[Delivered] = delivered(60, 10, 5, seed=3)
    deliver([one.event for one in reversed(events)])
    roll_up()
    assert_equal(aggregates(), recounted(one.truth for one in events if one.happened is not None))
