"""The figures of progress: what a user reads in the app."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stoker import config
from stoker.models.completion import Completion
from stoker.models.user import MAX_CATEGORIES, MAX_RUNS, DayRun, Progress
from stoker.progress.achievements import ACHIEVEMENTS, FIGURES
from stoker.progress.fold import fold, suffices
from stoker.progress.ledger import completion_of, time_zone_of
from stoker.progress.level import level_of, xp_of
from stoker.progress.streak import reaches_back, with_day
from stoker.progress.zone import day_of

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
    progress = fold(Progress(), (done(number, day) for number, day in enumerate(days)))
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
            chance.randrange(14),
            priority=chance.choice(["urgent", "high", "medium", "low"]),
            category=chance.choice([*(f"c{one:03}" for one in range(150)), "__x__", "a.b", "`", "/"]),
            minutes=chance.randrange(100),
            on_time=chance.choice([True, False, None]),
            xp=chance.randrange(50),
            xp_a_day=chance.choice([None, 100, 100, 300]),
            time_zone=chance.choice(["UTC", "Asia/Tokyo"]),
            next_time_zone=chance.choice(["UTC", "Asia/Tokyo"]),
        )
        for number in range(300)
    ]
    in_order = fold(Progress(), every)
    chance.shuffle(every)
    progress = Progress()
    known: list[Completion] = []
    while every:
        size = chance.randint(1, 40)
        portion, every = every[:size], every[size:]
        known += portion
        progress = fold(progress, portion) if suffices(progress, portion) else fold(Progress(), known)
    assert without_times(progress) == without_times(in_order)
    assert progress.xp == xp_by_hand(known)
    assert len(progress.stats.by_category) == MAX_CATEGORIES
    assert Progress.from_firestore(progress.to_firestore()) == progress


def xp_by_hand(completions: Sequence[Completion]) -> int:
    """The XP that count: of each day up to its limit, and all of those that have no limit."""
    limited: dict[str, list[Completion]] = defaultdict(list)
    for one in completions:
        if one.xp_a_day is not None:
            limited[one.day].append(one)
    free = sum(one.xp for one in completions if one.xp_a_day is None)
    return free + sum(
        min(sum(one.xp for one in day), max(one.xp_a_day or 0 for one in day)) for day in limited.values()
    )


def without_times(progress: Progress) -> dict[str, Any]:
    stored = progress.to_firestore()
    return {**stored, "achievements": sorted(one["id"] for one in stored["achievements"])}


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
    progress = fold(Progress(), (done(number, 2 * number) for number in range(300)))
    assert (len(progress.active_days), progress.streak, progress.longest_streak) == (MAX_RUNS, 1, 1)
    first = progress.active_days[0].first
    assert reaches_back(progress.active_days, (date.fromisoformat(first) - timedelta(days=1)).isoformat())
    assert reaches_back(progress.active_days, "2020-01-01")
    assert not reaches_back(progress.active_days, first)
    assert not reaches_back([], first)


def test_achievements_are_reached_once_by_the_completion_that_made_it_so() -> None:
    progress = fold(Progress(), (done(number) for number in range(25)))
    achieved = {one.id: one.achieved_at for one in progress.achievements}
    assert achieved == {
        "first-task": done(0).completed_at,
        "ten-tasks": done(9).completed_at,
    }
    again = fold(progress, [done(99)])
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


# What a script can do to get ahead


def finished(at: datetime, **fields: Any) -> dict[str, Any]:
    """An urgent task that is done on time, worth 50 XP, and was open for a day."""
    task = {"userId": "ada", "status": "completed", "priority": "urgent", "dueDate": at, "updatedAt": at}
    return {**task, "createdAt": at - timedelta(days=1), **fields}


def entered(tasks: Sequence[dict[str, Any]], zones: Sequence[str] = ("UTC",)) -> Progress:
    """The progress after tasks were completed one after the other, each with a time zone of the preferences."""
    progress = Progress()
    for number, task in enumerate(tasks):
        completion = completion_of(f"t{number}", task, zones[number % len(zones)], progress.last)
        assert completion is not None
        progress = fold(progress, [completion])
    return progress


@pytest.mark.parametrize(
    ("open_seconds", "xp"),
    [(0, 0), (1, 0), (config.XP_OPEN_SECONDS - 1, 0), (config.XP_OPEN_SECONDS, 50), (86_400, 50), (-5, 0)],
)
def test_a_task_gives_xp_if_it_was_open_for_a_while(open_seconds: int, xp: int) -> None:
    task = finished(NOON, createdAt=NOON - timedelta(seconds=open_seconds))
    progress = entered([task])
    assert (progress.xp, progress.stats.completed) == (xp, 1)


def test_a_task_whose_creation_nobody_knows_gives_xp() -> None:
    task = finished(NOON)
    del task["createdAt"]
    assert entered([task]).xp == 50


def test_sixty_tasks_that_are_created_as_completed_give_no_xp() -> None:
    progress = entered([finished(NOON, createdAt=NOON) for _ in range(60)])
    assert (progress.xp, progress.level) == (0, 1)


def test_a_day_gives_no_more_xp_than_its_limit_and_the_next_day_gives_xp_again() -> None:
    moments = [NOON + timedelta(seconds=number) for number in range(60)]
    progress = entered([finished(at) for at in moments])
    assert (progress.xp, progress.stats.completed) == (config.XP_A_DAY, 60)
    later = [*moments, NOON + timedelta(days=1)]
    assert entered([finished(at) for at in later]).xp == config.XP_A_DAY + 50


def test_what_was_completed_before_there_was_a_limit_counts_in_full() -> None:
    before = [done(number, xp=50) for number in range(60)]
    assert fold(Progress(), before).xp == 3000
    completion = completion_of("new", finished(NOON), "UTC")
    assert completion is not None
    assert fold(fold(Progress(), before), [completion]).xp == 3050
    assert fold(fold(Progress(), [completion]), before).xp == 3050


FAR_APART = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "Mars/Base")
"""Time zones in which it is not the same day, and one that there is not."""


@pytest.mark.parametrize("hour", [0, 1, 9, 10, 11, 12, 13, 22, 23])
@pytest.mark.parametrize("zones", [*permutations(FAR_APART, 3)], ids=str)
def test_no_day_counts_twice_because_the_time_zone_is_changed(hour: int, zones: tuple[str, ...]) -> None:
    at = NOON.replace(hour=hour)
    progress = entered([finished(at + timedelta(seconds=number)) for number in range(6)], zones)
    assert (progress.streak, len(progress.active_days)) == (1, 1)


@pytest.mark.parametrize("seed", range(20))
def test_a_user_who_changes_the_time_zone_all_the_time_gains_a_day_at_most(seed: int) -> None:
    chance = random.Random(seed)
    days = 30
    zones = ["UTC", *(chance.choice(FAR_APART) for _ in range(24 * days))]
    progress = entered([finished(NOON + timedelta(hours=number)) for number in range(24 * days)], zones)
    assert progress.longest_streak <= days + 2  # From noon on, they are 31 days of UTC.


@pytest.mark.parametrize("new", ["Pacific/Pago_Pago", "Etc/GMT+12", "UTC", "America/New_York", "Europe/Berlin"])
@pytest.mark.parametrize("old", ["Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin"])
def test_a_change_to_a_time_zone_in_the_west_counts_no_earlier_day(old: str, new: str) -> None:
    """When a day ends in the old time zone, it may be the day before in the new one, and once even an earlier day."""
    for hour in range(48):
        at = NOON + timedelta(hours=hour)
        moments = [at - timedelta(minutes=2), at, *(at + timedelta(minutes=minutes) for minutes in (2, 4, 60, 120))]
        progress, days = Progress(), list[str]()
        for number, moment in enumerate(moments):
            completion = completion_of(f"t{number}", finished(moment), new if number else old, progress.last)
            assert completion is not None
            progress = fold(progress, [completion])
            days.append(completion.day)
        assert days == sorted(days)


@pytest.mark.parametrize(("old", "new"), [("Europe/Berlin", "America/New_York"), ("Pacific/Kiritimati", "UTC")])
def test_who_moves_to_the_west_soon_has_the_days_of_the_new_time_zone(old: str, new: str) -> None:
    """They complete a task in each evening, when it is the next day already in the old time zone."""
    first = datetime(2027, 1, 1, 12, tzinfo=ZoneInfo(new))
    moments = [first, *(first + timedelta(days=day, hours=9) for day in range(4))]
    progress, days = Progress(), list[str]()
    for number, moment in enumerate(moments):
        task = finished(moment.astimezone(UTC))
        completion = completion_of(f"t{number}", task, new if number else old, progress.last)
        assert completion is not None
        progress = fold(progress, [completion])
        days.append(completion.day)
    assert days[2:] == ["2027-01-02", "2027-01-03", "2027-01-04"]


def test_another_time_zone_counts_from_the_next_day() -> None:
    # In Tokyo, a day begins nine hours earlier than in UTC.
    moments = [(1, 12, "UTC"), (1, 20, "Asia/Tokyo"), (2, 20, "Asia/Tokyo")]
    progress = Progress()
    days = []
    for number, (day, hour, zone) in enumerate(moments):
        task = finished(datetime(2027, 1, day, hour, tzinfo=UTC))
        completion = completion_of(f"t{number}", task, zone, progress.last)
        assert completion is not None
        days.append(completion.day)
        progress = fold(progress, [completion])
    assert days == ["2027-01-01", "2027-01-01", "2027-01-03"]
