"""A user's profile agrees with the ledger, in any order and with any delay of the tasks' events."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from stoker.models.completion import Completion
from stoker.models.user import MAX_RUNS, DayRun, Progress
from stoker.progress.fold import fold, with_completions
from unit.progress.lives import figures, lived, lives, random_order, recounted

ORDERS = 20


def done(day: int, number: int = 0) -> Completion:
    at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day, seconds=number)
    return Completion(
        id=f"t{day}-{number}",
        user_id="ada",
        completed_at=at,
        day=at.date().isoformat(),
        priority="low",
        category="home",
        xp=10,  # without a limit for the day, so that nothing but the days decides
    )


def one_by_one(completions: list[Completion]) -> Progress:
    return later_one_by_one([], completions)


def later_one_by_one(known: list[Completion], completions: list[Completion]) -> Progress:
    """The progress of what is known, with some completions more that come one after the other."""
    progress = fold(Progress(), known)
    for number, completion in enumerate(completions):
        progress = with_completions(progress, [completion], [*known, *completions[:number]].copy)
    return progress


@pytest.mark.parametrize(
    ("count", "orders"),
    [(3, 3), pytest.param(200, ORDERS, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
)
def test_the_profile_equals_the_ledgers_recount(count: int, orders: int) -> None:
    for chance, life in lives(8, count):
        seen = []
        for _ in range(orders):
            progress, ledger = lived(life, random_order(life, chance), chance)
            shown = figures(progress)
            plain = recounted(ledger)
            assert {name: shown[name] for name in plain} == plain
            assert shown == figures(fold(Progress(), ledger))
            seen.append(shown)
        if len(life.zones) == 1:  # a change of the zone reaches other tasks in another order
            assert all(shown == seen[0] for shown in seen)


@pytest.mark.parametrize("seed", range(2))
def test_fourteen_months_without_a_gap_are_the_longest_streak_in_any_order(seed: int) -> None:
    every = [done(day) for day in range(425)]
    random.Random(seed).shuffle(every)
    progress, known = Progress(), list[Completion]()
    while every:
        portion, every = every[:60], every[60:]
        progress = with_completions(progress, portion, known.copy)
        known += portion
    assert (progress.longest_streak, progress.streak, len(progress.active_days)) == (425, 425, 1)


def test_a_day_before_runs_that_have_joined_finds_the_run_that_is_no_longer_kept() -> None:
    every_other_day = [done(day) for day in range(0, 240, 2)]
    between = [done(day) for day in range(101, 240, 2)]  # so many join that few are left
    before = one_by_one([*every_other_day, *between])
    assert len(before.active_days) < MAX_RUNS / 2
    known = [*every_other_day, *between]
    assert later_one_by_one(known, [done(17), done(19)]).longest_streak == 239 - 100 + 1
    assert later_one_by_one(known, [done(day) for day in range(99, 60, -2)]).streak == 239 - 60 + 1
    rest = [done(day) for day in range(1, 101, 2)]
    assert with_completions(before, rest, known.copy).longest_streak == 240


def test_a_day_that_joins_the_run_just_before_those_that_are_kept_counts() -> None:
    far = [done(day) for day in range(0, 401, 2)]
    before = one_by_one(far)
    first = before.active_days[0].first
    assert first == done(202).day
    progress = one_by_one([*far, done(201)])
    assert progress.active_days[0] == DayRun(first=done(200).day, last=done(202).day)
    assert progress.longest_streak == 3
    assert figures(progress) == figures(fold(Progress(), [*far, done(201)]))


def test_a_recount_does_not_depend_on_days_that_come_after_a_later_day() -> None:
    """A day in the zone of that time may lie before the day of an earlier moment."""
    late = [done(0).model_copy(update={"completed_at": done(300).completed_at, "id": "late"})]
    every = [*(done(day) for day in range(1, 299)), *late]
    assert fold(Progress(), every).longest_streak == 299
