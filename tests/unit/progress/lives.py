"""Random lives of a user: tasks and time zones over a year or two, and the order in which the server hears of them."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from stoker.models.completion import Completion
from stoker.models.user import MAX_CATEGORIES, Progress
from stoker.progress.fold import with_completions
from stoker.progress.ledger import completion_of
from stoker.progress.level import level_of
from stoker.progress.zone import later

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Etc/GMT+12", "Mars/Base")


@dataclass(frozen=True)
class Life:
    """The acts of a user.

    Attributes:
        tasks: The fields of the completed tasks, by their ids.
        zones: The time zones of the user's preferences, each with the number of deliveries after which it is chosen.
    """

    tasks: dict[str, dict[str, Any]]
    zones: Sequence[tuple[int, str]]

    def zone_after(self, deliveries: int) -> str:
        """The time zone of the preferences after so many deliveries."""
        return [zone for after, zone in self.zones if after <= deliveries][-1]


def random_life(chance: random.Random) -> Life:
    """A life of 20 to 150 tasks: with days without a gap, every other day, and long pauses."""
    at, tasks = FIRST, dict[str, dict[str, Any]]()
    while len(tasks) < 150 and (len(tasks) < 20 or chance.random() > 0.1):
        step = chance.choice([0, 1, 1, 2, 2, 2, 2, 9])
        for _ in range(chance.randint(1, 40)):
            at += timedelta(days=step, hours=chance.choice([0, 0, 0, 3, -3]), minutes=chance.randrange(20))
            tasks[f"t{len(tasks):03}"] = _task(at, chance)
        at += timedelta(days=chance.choice([0, 1, 3, 40, 150, 250]))
    moves = sorted(chance.sample(range(1, len(tasks)), chance.choice([0, 0, 1, 5])))
    return Life(tasks, [(0, chance.choice(ZONES)), *((move, chance.choice(ZONES)) for move in moves)])


def _task(at: datetime, chance: random.Random) -> dict[str, Any]:
    due = {"dueDate": at + timedelta(hours=chance.choice([-1, 0, 5]))} if chance.random() < 0.5 else {}
    return {
        "userId": "ada",
        "status": "completed",
        "priority": chance.choice(["urgent", "high", "medium", "low"]),
        "category": chance.choice([*(f"c{one:03}" for one in range(150)), "__x__", "a.b"]),
        "actualDuration": chance.randrange(100),
        "createdAt": at - timedelta(seconds=chance.choice([0, 59, 60, 9999])),
        "updatedAt": at,
        **due,
    }


def random_order(life: Life, chance: random.Random) -> list[str]:
    """The ids of the tasks as the server hears of them: late by nothing, days or months, or in no order; some twice."""
    doubled = [*life.tasks, *chance.sample(sorted(life.tasks), len(life.tasks) // 10)]
    if chance.random() < 0.2:
        return chance.sample(doubled, len(doubled))
    late = {"t": timedelta(0), "d": timedelta(days=3), "m": timedelta(days=300)}
    heard = [(life.tasks[name]["updatedAt"] + late[chance.choice("tttttttddm")], name) for name in doubled]
    return [name for _, name in sorted(heard)]


def lived(life: Life, order: Sequence[str], chance: random.Random) -> tuple[Progress, list[Completion]]:
    """The progress and the ledger after all deliveries, as the server makes them.

    Args:
        life: The life.
        order: The ids of the tasks, as the server hears of them.
        chance: Decides after which deliveries the completions are counted.
    """
    progress = Progress()
    ledger: dict[str, Completion] = {}
    waiting: list[Completion] = []
    for number, name in enumerate(order):
        if name not in ledger:
            last = progress.last or (later(None, waiting[0]) if waiting else None)
            completion = completion_of(name, life.tasks[name], life.zone_after(number), last)
            assert completion is not None
            ledger[name] = completion
            waiting.append(completion)
        if waiting and (chance.random() < 0.2 or number == len(order) - 1):
            counted = [one for one in ledger.values() if one not in waiting]
            progress, waiting = with_completions(progress, waiting, counted.copy), []
    return progress, list(ledger.values())


def figures(progress: Progress) -> dict[str, Any]:
    """Return a profile's progress. Of achievements, only the ids."""
    fields = progress.to_firestore()
    return {**fields, "achievements": sorted(one["id"] for one in fields["achievements"])}


def recounted(ledger: Sequence[Completion]) -> dict[str, Any]:
    """The figures by plain counting, without the code that is tested, except for the achievements."""
    days = sorted({date.fromisoformat(one.day) for one in ledger})
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), lambda one: one[1].toordinal() - one[0])]
    by_day = defaultdict[str, list[Completion]](list)
    for one in ledger:
        by_day[one.day].append(one)
    xp = sum(min(sum(one.xp for one in day), day[0].xp_a_day or 0) for day in by_day.values())
    last = max(ledger, key=lambda one: (one.completed_at, one.day, one.time_zone or "", one.next_time_zone or ""))
    categories = Counter(one.category for one in ledger if one.category != "__x__")
    return {
        "level": level_of(xp),
        "xp": xp,
        "streak": len(runs[-1]),
        "longestStreak": max(map(len, runs)),
        "activeDays": [
            {"first": run[0].isoformat(), "last": run[-1].isoformat()}
            for run in runs
            if (days[-1] - run[-1]).days < 200
        ],
        "xpDays": [
            {"day": day, "xp": sum(one.xp for one in by_day[day]), "most": by_day[day][0].xp_a_day}
            for day in sorted(by_day)[-10:]
        ],
        "last": {
            "at": last.completed_at,
            "day": last.day,
            "timeZone": last.time_zone,
            "nextTimeZone": last.next_time_zone,
        },
        "stats": {
            "completed": len(ledger),
            "onTime": sum(one.on_time is True for one in ledger),
            "late": sum(one.on_time is False for one in ledger),
            "minutes": sum(one.minutes for one in ledger),
            "byPriority": dict(Counter(one.priority for one in ledger)),
            "byCategory": {name: categories[name] for name in sorted(categories)[:MAX_CATEGORIES]},
        },
    }


def lives(seed: int, count: int) -> Iterator[tuple[random.Random, Life]]:
    """Some lives, and the chance that goes on for each."""
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        yield chance, random_life(chance)
