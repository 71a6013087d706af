"""The project's limits of a day: the log says in time that they are near."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.driven import DrivenJob
from engine.stores import FIRESTORE_IN_SOAK
from stoker.jobs import settings as settings_module
from stoker.jobs.ceiling import used_percent
from stoker.jobs.sweeper import sweep
from stoker.models.settings import ProjectLimits

pytestmark = FIRESTORE_IN_SOAK

Settings = Callable[..., None]
NOON = datetime.now(UTC).replace(hour=12, minute=0)


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[tuple[str, int | None]]]:
    """Return the log entries about the project's limits since the last call: (event, percent)."""

    def events() -> list[tuple[str, int | None]]:
        written = capsys.readouterr()
        lines = [json.loads(line) for line in (written.out + written.err).splitlines() if line.startswith("{")]
        return [(one["event"], one.get("percent")) for one in lines if str(one.get("event")).startswith("project-")]

    return events


def ended(jobs: int, at: datetime = NOON) -> None:
    """Jobs that were worked on for an hour each, and have ended."""
    for _ in range(jobs):
        DrivenJob("ada", status="completed", completedAt=at, workSeconds=3600)


@pytest.mark.parametrize("limits", [{"jobsADay": 10}, {"jobsADay": None, "workHoursADay": 10}], ids=str)
def test_the_log_says_once_a_day_that_half_and_four_fifths_of_a_limit_are_used(
    settings: Settings, logged: Any, limits: dict[str, int | None]
) -> None:
    settings(projectLimits=limits)
    expected: dict[int, list[tuple[str, int | None]]] = {
        5: [("project-near-limit", 50)],
        8: [("project-near-limit", 80)],
        10: [("project-stopped", None)],
    }
    for jobs in range(1, 11):
        ended(1)
        for minute in range(2):
            settings_module.forget()  # Else the time at which jobs begin again is known only after 15 s.
            sweep(NOON + timedelta(minutes=2 * jobs + minute))
            assert logged() == ([] if minute else expected.get(jobs, []))


def test_what_is_passed_at_once_is_one_line(settings: Settings, logged: Any) -> None:
    settings(projectLimits={"jobsADay": 10})
    ended(9)
    sweep(NOON)
    assert logged() == [("project-near-limit", 80)]


def test_another_day_has_lines_of_its_own(settings: Settings, logged: Any) -> None:
    settings(projectLimits={"jobsADay": 2})
    for day in range(3):
        ended(1, NOON + timedelta(days=day))
        sweep(NOON + timedelta(days=day, minutes=1))
        assert logged() == [("project-near-limit", 50)]


def test_without_limits_nothing_is_logged(settings: Settings, logged: Any) -> None:
    settings(projectLimits={"jobsADay": None, "workHoursADay": None})
    ended(9)
    sweep(NOON)
    assert logged() == []


@pytest.mark.parametrize(("jobs", "seconds", "percent"), [(0, 0, 0), (50, 0, 50), (50, 3600, 100), (100, 0, 100)])
def test_the_limit_counts_of_which_most_is_used(jobs: int, seconds: float, percent: float) -> None:
    assert used_percent(ProjectLimits(jobs_a_day=100, work_hours_a_day=1), jobs, seconds) == percent
