"""Events as the apps on people's phones write them: late, twice, and by wrong clocks; and when they really happened."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Event = dict[str, Any]

LATE = timedelta(hours=72)
"""The age of an event that is too old to be counted."""

UNITS = {"app.opened": None, "video.played": "seconds", "invoice.paid": "US$", "search": None}
"""The events that apps record, with the units of their values."""

OF_FUNCTIONS = {"job.completed": "seconds", "task.completed": "minutes", "user.signed-up": None}
"""The events that functions record, with the units of their values."""

CLOCKS = [timedelta(0)] * 4 + [
    *(timedelta(minutes=minutes) for minutes in (1, 6, 45, -2, -10, -59)),
    *(timedelta(hours=hours) for hours in (1, 12, 24 * 400)),
]
"""The errors of the clocks. A negative error is a slow clock."""


@dataclass(frozen=True)
class Delivered:
    """An event, and its true time.

    Attributes:
        event: The event as it is written.
        happened: The time at which it really happened; None if it came too late to be counted.
    """

    event: Event
    happened: datetime | None

    @property
    def truth(self) -> Event:
        """The event with the time at which it happened."""
        return {**self.event, "occurredAt": self.happened}


def delivered(count: int, users: int, days: int, seed: int) -> list[Delivered]:
    """Return events in the order in which they are written. A third of them comes twice.

    Args:
        count: The number of different events.
        users: The number of users.
        days: The events happen within this number of days before now.
        seed: The same seed draws the same events.
    """
    choose = random.Random(seed)
    now = datetime.now(UTC).replace(microsecond=0)
    drawn = []
    for _ in range(count):
        happened = now - timedelta(seconds=choose.randrange(1, days * 86_400))
        written = _by_a_function if choose.random() < 0.2 else choose.choices(_WAYS, _SHARES)[0]
        drawn.append(written(choose, happened, now, f"user-{choose.randrange(users)}"))
    again = choose.sample(drawn, count // 3)
    return sorted(drawn + again, key=lambda one: one.event["createdAt"])


def _event(choose: random.Random, name: str, unit: str | None, user_id: str, **times: datetime) -> Event:
    event = {"id": choose.randbytes(10).hex(), "userId": user_id, "name": name, "rolledUp": False, **times}
    if unit is not None and choose.random() < 0.9:
        event["value"] = choose.choice((choose.random() * 1e3, choose.randrange(100), -0.1))
    return event


def _by_a_function(choose: random.Random, happened: datetime, now: datetime, user_id: str) -> Delivered:
    """Return an event of a function. Events that a reconcile finds arrive weeks later, and count."""
    name, unit = choose.choice(list(OF_FUNCTIONS.items()))
    created = min(now, happened + choose.choice((timedelta(seconds=1), timedelta(days=choose.randrange(20)))))
    return Delivered(_event(choose, name, unit, user_id, occurredAt=happened, createdAt=created), happened)


def _of_an_app(choose: random.Random, user_id: str, happened: datetime, **times: datetime) -> Delivered:
    name, unit = choose.choice(list(UNITS.items()))
    event = _event(choose, name, unit, user_id, **times)
    return Delivered(event, happened if event["createdAt"] - happened <= LATE else None)


def _at_once(choose: random.Random, happened: datetime, now: datetime, user_id: str) -> Delivered:
    fast = choose.choice(CLOCKS)
    times = {"occurredAt": happened + fast, "sentAt": happened + fast, "createdAt": happened}
    return _of_an_app(choose, user_id, happened, **times)


def _after_a_weekend(choose: random.Random, happened: datetime, now: datetime, user_id: str) -> Delivered:
    """By a queue of the app's own, which says when it sends."""
    fast, created = choose.choice(CLOCKS), min(now, happened + timedelta(minutes=choose.randrange(4 * 24 * 60)))
    times = {"occurredAt": happened + fast, "sentAt": created + fast, "createdAt": created}
    return _of_an_app(choose, user_id, happened, **times)


def _by_the_library(choose: random.Random, happened: datetime, now: datetime, user_id: str) -> Delivered:
    """Return an event of the client library's queue, which sends later. `sentAt` is the time of the recording."""
    created = min(now, happened + timedelta(minutes=choose.randrange(61, 4 * 24 * 60)))
    stale = {"sentAt": happened} if created - happened > timedelta(hours=1) and choose.random() < 0.5 else {}
    return _of_an_app(choose, user_id, happened, occurredAt=happened, createdAt=created, **stale)


_WAYS, _SHARES = (_at_once, _after_a_weekend, _by_the_library), (6, 2, 2)


def parts(events: list[Delivered], number: int) -> Iterator[list[Delivered]]:
    """The events in so many parts, one after another."""
    size = -(-len(events) // number)
    for begin in range(0, len(events), size):
        yield events[begin : begin + size]
