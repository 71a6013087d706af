"""The number of jobs that a user may run. The decisions need no database."""

from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.jobs.ceiling import used_percent
from stoker.jobs.fairness import Usage, free_places, limits_of, may_take_another, turn_seconds
from stoker.models.settings import NewUserLimits, ProjectLimits, UserLimits

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = 20


def places_of(users: int) -> list[int]:
    """The places that users hold in the end who all want as many as they can get, one after another."""
    held = [0] * users
    refused = 0
    for user in cycle(range(users)):
        if sum(held) < PLACES and may_take_another(held[user], PLACES, sum(held)):
            held[user] += 1
            refused = 0
        else:
            refused += 1
        if refused == users:
            return held
    return held


@pytest.mark.parametrize(("users", "each"), [(1, {8}), (2, {5}), (5, {2, 3}), (14, {1}), (20, {1})])
def test_greedy_users_share_a_queue_evenly(users: int, each: set[int]) -> None:
    assert set(places_of(users)) == each


@given(st.integers(1, 12))
def test_however_many_users_are_greedy_a_newcomer_finds_a_place(users: int) -> None:
    taken = sum(places_of(users))
    assert taken < PLACES
    assert may_take_another(0, PLACES, taken)


@given(st.integers(1, 100), st.integers(0, 100))
def test_a_users_first_job_always_begins_and_a_full_queue_takes_no_second(places: int, running: int) -> None:
    assert may_take_another(0, places, running)
    assert not may_take_another(1, places, places)
    assert 0 <= free_places(places, running) <= places


def test_a_turn_is_as_long_as_all_that_wait_come_in_within_a_minute() -> None:
    assert turn_seconds(0, PLACES) is None
    for waiting in range(1, 5 * PLACES):
        turn = turn_seconds(waiting, PLACES)
        assert turn is not None
        rounds = -(-waiting // PLACES)
        assert rounds * turn <= 50


def test_the_places_of_a_lost_attempt_and_of_yesterday_are_forgotten() -> None:
    data = {
        "running": {"a": NOW, "b": NOW, "old": NOW - timedelta(hours=2)},
        "types": {"a": "batch-operation", "b": "video-processing", "gone": "video-processing"},
        "day": "2025-12-31",
        "began": 7,
        "work": {"2025-12-31": 500, "2026-01-01": 5},
        "waiting": 1,
    }
    usage = Usage.of(data, NOW)
    assert (set(usage.running), usage.began, usage.work_seconds, usage.waiting) == ({"a", "b"}, 0, 5, True)
    assert (usage.held("video-processing"), usage.without("b").held("video-processing")) == (1, 0)
    assert Usage.of({}, NOW) == Usage({}, {})


@pytest.mark.parametrize(
    ("usage", "is_new", "waits"),
    [
        (Usage({}, {}, began=3), True, True),
        (Usage({}, {}, began=3), False, False),
        (Usage({}, {}, began=2), True, False),
        (Usage({}, {}, work_seconds=600), True, True),
        (Usage({}, {}, work_seconds=600), False, True),
        (Usage({}, {}, work_seconds=599), False, False),
        (Usage({}, {}, media_seconds=1200), True, True),
        (Usage({}, {}, media_seconds=1199), True, False),
        (Usage({}, {}, output_bytes=5 * 1024**3), True, True),
        (Usage({}, {}, output_bytes=5 * 1024**3 - 1), True, False),
    ],
)
def test_a_user_has_so_many_jobs_and_so_much_work_a_day(usage: Usage, is_new: bool, waits: bool) -> None:
    limits = UserLimits(a_day=3, work_minutes_a_day=10, media_minutes_a_day=20, output_gib_a_day=5)
    assert usage.is_at_limit_of_day(limits, is_new=is_new) == waits
    lifted = UserLimits(a_day=None, work_minutes_a_day=None, media_minutes_a_day=None, output_gib_a_day=None)
    assert not usage.is_at_limit_of_day(lifted, is_new=is_new)


def test_new_users_have_lower_limits() -> None:
    new = NewUserLimits(hours=24, at_once=3, a_day=50, work_minutes_a_day=20)
    limits = UserLimits(at_once=10, a_day=None, new_users=new)
    young, old = (NOW - timedelta(hours=hours) for hours in (23, 24))
    own = limits_of(limits, young, NOW)
    assert (own.at_once, own.a_day, own.work_minutes_a_day) == (3, 50, 20)
    assert limits_of(limits, old, NOW) == limits
    assert limits_of(limits, None, NOW) == limits
    assert limits_of(limits.model_copy(update={"new_users": None}), young, NOW).at_once == 10
    strict = limits.model_copy(update={"at_once": 1, "work_minutes_a_day": 10})
    assert (limits_of(strict, young, NOW).at_once, limits_of(strict, young, NOW).work_minutes_a_day) == (1, 10)


def test_twenty_new_accounts_do_not_use_up_a_days_work_of_the_project() -> None:
    own, project = limits_of(UserLimits(), NOW, NOW), ProjectLimits()
    assert own.work_minutes_a_day is not None
    assert used_percent(project, 20, 20 * own.work_minutes_a_day * 60) < 100


def test_limits_hold_unless_an_admin_lifts_them() -> None:
    assert (UserLimits().at_once, UserLimits().a_day, UserLimits().work_minutes_a_day) == (10, 1000, 1440)
    lifted = UserLimits.from_firestore({"atOnce": None})
    assert (lifted.at_once, lifted.a_day) == (None, 1000)


@pytest.mark.parametrize(
    ("jobs", "seconds", "reached"), [(9, 3599, False), (10, 0, True), (0, 3600, True), (0, 0, False)]
)
def test_a_project_has_so_much_a_day(jobs: int, seconds: float, reached: bool) -> None:
    assert (used_percent(ProjectLimits(jobs_a_day=10, work_hours_a_day=1), jobs, seconds) >= 100) == reached
    assert used_percent(ProjectLimits(jobs_a_day=None, work_hours_a_day=None), jobs, seconds) < 100
