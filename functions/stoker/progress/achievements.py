"""The achievements. Each depends on a figure that never falls, so no achievement is ever lost.

`stoker.achievement` adds an app's own. This module imports nothing heavy, because the app's `main.py` imports it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from stoker.models.user import Achievement, Progress

Figure = Literal["completed", "onTime", "minutes", "urgent", "longestStreak", "level"]

FIGURES: Mapping[Figure, Callable[["Progress"], int]] = {
    "completed": lambda progress: progress.stats.completed,
    "onTime": lambda progress: progress.stats.on_time,
    "minutes": lambda progress: progress.stats.minutes,
    "urgent": lambda progress: progress.stats.by_priority.get("urgent", 0),
    "longestStreak": lambda progress: progress.longest_streak,
    "level": lambda progress: progress.level,
}


@dataclass(frozen=True)
class DeclaredAchievement:
    """An achievement of the list.

    Attributes:
        id: The id. Profiles store it, so it must never change.
        title: The title, for the user.
        figure: The figure that decides.
        at_least: The value of the figure from which the user has the achievement.
    """

    id: str
    title: str
    figure: Figure
    at_least: int


ACHIEVEMENTS: Sequence[DeclaredAchievement] = (
    DeclaredAchievement("first-task", "The first task is done", "completed", 1),
    DeclaredAchievement("ten-tasks", "Ten tasks done", "completed", 10),
    DeclaredAchievement("hundred-tasks", "A hundred tasks done", "completed", 100),
    DeclaredAchievement("thousand-tasks", "A thousand tasks done", "completed", 1000),
    DeclaredAchievement("punctual", "Ten tasks done on time", "onTime", 10),
    DeclaredAchievement("firefighter", "Ten urgent tasks done", "urgent", 10),
    DeclaredAchievement("hundred-hours", "A hundred hours of work", "minutes", 6000),
    DeclaredAchievement("three-days", "Three days in a row", "longestStreak", 3),
    DeclaredAchievement("a-week", "A week in a row", "longestStreak", 7),
    DeclaredAchievement("a-month", "Thirty days in a row", "longestStreak", 30),
    DeclaredAchievement("a-year", "A year in a row", "longestStreak", 365),
    DeclaredAchievement("level-5", "Level 5", "level", 5),
    DeclaredAchievement("level-10", "Level 10", "level", 10),
)
"""The achievements of Stoker."""

_own: list[DeclaredAchievement] = []


def achievements() -> Sequence[DeclaredAchievement]:
    """Return all achievements: those of Stoker, and those that the app has declared."""
    return (*ACHIEVEMENTS, *_own)


def add(one: DeclaredAchievement) -> None:
    """Add an achievement of the app. `stoker.achievement` checks it before.

    Args:
        one: The achievement.
    """
    _own.append(one)


def remove(achievement_id: str) -> None:
    """Remove an achievement of the app.

    Args:
        achievement_id: The id.
    """
    _own[:] = [one for one in _own if one.id != achievement_id]


def newly_achieved(progress: "Progress", at: datetime) -> "list[Achievement]":
    """Return the achievements that the figures have reached and that the progress does not list yet.

    Args:
        progress: The progress, with its new figures.
        at: The time of the completion that changed the figures.
    """
    from stoker.models.user import Achievement

    there = {one.id for one in progress.achievements}
    return [
        Achievement(id=one.id, achieved_at=at)
        for one in achievements()
        if one.id not in there and FIGURES[one.figure](progress) >= one.at_least
    ]
