"""The figures of progress: what a user reads in the app."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from stoker.models.completion import Completion
from stoker.models.user import MAX_CATEGORIES, MAX_RUNS, DayRun, Progress
from stoker.users.progress.achievements import ACHIEVEMENTS, FIGURES
from stoker.users.progress.fold import folded
from stoker.users.progress.ledger import completion_of, time_zone_of
from stoker.users.progress.level import level_of, xp_of
from stoker.users.progress.streak import day_of, reaches_back, with_day

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


def done(number: int, days: int = 0, **fields: Any) -> Completion:
    at = NOON + timedelta(days=days, seconds=number)
    facts: dict[str, Any] = {"priority": "medium", "category": "home", "xp": 20, "counted": True, **fields}
    return Completion(id=f"t{number}", user_id="ada", completed_at=at, day=at.date().isoformat(), **facts)


def test_each_level_takes_a_hundred_more() -> None:
    for level in range(1, 200):
        assert level_of(xp_of(level)) == level
        assert level_of(xp_of(level + 1) - 1) == level
        assert (xp_of(level + 1) - xp_of(level)) == 100 * level


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2027-01-01T23:30:00+00:00", "Europe/Berlin", "2027-01-02"),
        ("2027-01-01T23:30:00+00:00", "UTC", "2027-01-01"),
        ("2027-01-01T05:00:00+00:00", "America/New_York", "2027-01-01"),
        ("2027-01-01T04:59:00+00:00", "America/New_York", "2026-12-31"),
        ("2027-01-01T10:00:00+00:00", "Pacific/Kiritimati", "2027-01-02"),
        ("2027-03-28T00:59:00+00:00", "Europe/Berlin", "2027-03-28"),
        *(("2027-01-01T23:30:00+00:00", zone, "2027-01-01") for zone in ("Mars/Base", "", "a" * 400, None, 7, "../x")),
        ("2027-01-01T23:30:00+00:00", "Europe", "2027-01-01"),
        ("2027-01-01T23:30:00+00:00", "\0", "2027-01-01"),
    ],
)
def test_a_day_begins_where_the_user_is_and_what_is_no_zone_is_utc(moment: str, zone: object, day: str) -> None:
    assert day_of(datetime.fromisoformat(moment), zone) == day


@pytest.mark.parametrize("profile", [{}, {"preferences": None}, {"preferences": "UTC"}, {"preferences": {}}])
def test_without_preferences_days_are_those_of_utc(profile: dict[str, Any]) -> None:
    assert time_zone_of(profile) == "UTC"


def test_a_streak_is_of_days_in_a_row_up_to_the_last() -> None:
    days = [0, 1, 1, 2, 5, 6]
    progress = folded(Progress(), (done(number, day) for number, day in enumerate(days)))
    assert (progress.streak, progress.longest_streak) == (2, 3)
    assert progress.active_days == [
        DayRun(first="2027-01-01", last="2027-01-03"),
        DayRun(first="2027-01-06", last="2027-01-07"),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_in_whatever_order_and_portions_they_come_the_figures_are_the_same(seed: int) -> None:
    chance = random.Random(seed)
    every = [
        done(
            number,
            chance.randrange(60),
            priority=chance.choice(["urgent", "high", "medium", "low"]),
            category=chance.choice([*(f"c{one:03}" for one in range(150)), "__x__", "a.b", "`", "/"]),
            minutes=chance.randrange(100),
            on_time=chance.choice([True, False, None]),
            xp=chance.randrange(50),
        )
        for number in range(800)
    ]
    in_order = folded(Progress(), every)
    chance.shuffle(every)
    progress = Progress()
    while every:
        size = chance.randint(1, 40)
        progress, every = folded(progress, every[:size]), every[size:]
    assert without_times(progress) == without_times(in_order)
    assert len(progress.stats.by_category) == MAX_CATEGORIES
    assert Progress.from_firestore(progress.to_firestore()) == progress


def without_times(progress: Progress) -> dict[str, Any]:
    said = progress.to_firestore()
    return {**said, "achievements": sorted(one["id"] for one in said["achievements"])}


def test_days_that_come_to_be_known_late_join_what_is_there() -> None:
    chance = random.Random(7)
    days = [(date(2027, 1, 1) + timedelta(days=chance.randrange(300))).isoformat() for _ in range(200)]
    runs: list[DayRun] = []
    for day in days:
        runs = with_day(runs, day)
    found = {
        (date.fromisoformat(run.first) + timedelta(days=more)).isoformat()
        for run in runs
        for more in range((date.fromisoformat(run.last) - date.fromisoformat(run.first)).days + 1)
    }
    assert found == set(days)
    for one, next_one in pairwise(runs):
        assert date.fromisoformat(next_one.first) - date.fromisoformat(one.last) > timedelta(days=1)


def test_what_is_kept_of_days_is_bounded_and_says_when_it_does_not_suffice() -> None:
    progress = folded(Progress(), (done(number, 2 * number) for number in range(300)))
    assert (len(progress.active_days), progress.streak, progress.longest_streak) == (MAX_RUNS, 1, 1)
    first = progress.active_days[0].first
    assert reaches_back(progress.active_days, first)
    assert reaches_back(progress.active_days, "2020-01-01")
    assert not reaches_back(progress.active_days, (date.fromisoformat(first) + timedelta(days=1)).isoformat())
    assert not reaches_back(progress.active_days[1:], first)


def test_achievements_are_reached_once_by_the_completion_that_made_it_so() -> None:
    progress = folded(Progress(), (done(number) for number in range(25)))
    achieved = {one.id: one.achieved_at for one in progress.achievements}
    assert achieved == {
        "first-task": done(0).completed_at,
        "ten-tasks": done(9).completed_at,
    }
    again = folded(progress, [done(99)])
    assert again.achievements == progress.achievements


def test_achievements_are_declared_well() -> None:
    ids = [one.id for one in ACHIEVEMENTS]
    assert len(set(ids)) == len(ids) <= 200
    for one in ACHIEVEMENTS:
        assert FIGURES[one.figure](Progress()) < one.at_least, f"{one.id} is given for nothing"


@pytest.mark.parametrize(
    ("fields", "xp", "on_time"),
    [
        ({"priority": "low"}, 10, None),
        ({}, 20, None),
        ({"priority": "urgent", "dueDate": NOON}, 50, True),
        ({"priority": "high", "dueDate": NOON - timedelta(seconds=1)}, 30, False),
    ],
)
def test_xp_follow_from_priority_and_punctuality(fields: dict[str, Any], xp: int, on_time: bool | None) -> None:
    task = {"userId": "ada", "status": "completed", "updatedAt": NOON, "title": 5, "junk": object(), **fields}
    completion = completion_of("t", task, "UTC")
    assert completion is not None
    assert (completion.xp, completion.on_time) == (xp, on_time)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "todo"},
        {"status": ["completed"]},
        {"updatedAt": None},
        {"updatedAt": "today"},
        {"userId": 5},
        {"priority": "most"},
        {"actualDuration": -1},
        {"category": ""},
    ],
)
def test_what_is_no_completed_task_gives_nothing(fields: dict[str, Any]) -> None:
    task = {"userId": "ada", "status": "completed", "updatedAt": NOON}
    assert completion_of("t", {**task, **fields}, "UTC") is None
    assert completion_of("t", task, "UTC") is not None
