"""Tallies: the figures of some events, which can be added up."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from stoker.analytics.buckets import GRANULARITIES, Key, bucket_of_hour
from stoker.analytics.user_sketch import UserSketch
from stoker.models.analytics import ALL, SERVER_EVENTS


def add_exactly(parts: list[float], value: float) -> None:
    """Add a number to a sum without rounding. The sum is kept as several floats whose exact sum it is.

    Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates, 1997,
    section 2.4. `math.fsum` uses the same algorithm.

    Args:
        parts: The parts of the sum; changed in place.
        value: The number to add.

    Example:
        >>> parts = []
        >>> for value in (1e16, 1.0, -1e16):
        ...     add_exactly(parts, value)
        >>> parts
        [1.0]
    """
    kept = 0
    for part in parts:
        if abs(value) < abs(part):
            value, part = part, value
        high = value + part
        low = part - (high - value)
        if low:
            parts[kept] = low
            kept += 1
        value = high
    parts[kept:] = [value] if value else []


@dataclass
class Tally:
    """The figures of some events: their number, the sum and the range of their values, and their users.

    Attributes:
        count: The number of events.
        parts: Floats whose exact sum is the sum of the values. So the sum does not depend on the order of the events.
        min: The least value; None if no event has a value.
        max: The greatest value; None if no event has a value.
        users: The users of the events.
    """

    count: int = 0
    parts: list[float] = field(default_factory=list)
    min: float | None = None
    max: float | None = None
    users: UserSketch = field(default_factory=UserSketch)

    @property
    def sum(self) -> float:
        """The sum of the values, rounded to the nearest float."""
        return math.fsum(self.parts)

    def add(self, user_id: str, value: float | None) -> None:
        """Count an event.

        Args:
            user_id: The uid of the event's user.
            value: The event's value; None if it has none.
        """
        self.count += 1
        self.users.add(user_id)
        if value is not None:
            add_exactly(self.parts, value)
            self._reach(value, value)

    def merge(self, other: Self) -> None:
        """Add the figures of other events."""
        self.count += other.count
        self.users.merge(other.users)
        for part in other.parts:
            add_exactly(self.parts, part)
        if other.min is not None and other.max is not None:
            self._reach(other.min, other.max)

    def _reach(self, least: float, greatest: float) -> None:
        self.min = least if self.min is None else min(self.min, least)
        self.max = greatest if self.max is None else max(self.max, greatest)


def roll_up_hours(hours: Mapping[tuple[str, str], Tally]) -> dict[Key, Tally]:
    """Roll hourly figures up into all aggregates: hours, days and months, of each name and of all names.

    Args:
        hours: The figures by hour and name.
    """
    tallies: dict[Key, Tally] = {}
    for (hour, name), tally in hours.items():
        whole = of_all_names(name, tally)
        for granularity in GRANULARITIES:
            bucket = bucket_of_hour(granularity, hour)
            tallies.setdefault(Key(granularity, bucket, name), Tally()).merge(tally)
            tallies.setdefault(Key(granularity, bucket, ALL), Tally()).merge(whole)
    return tallies


def of_all_names(name: str, tally: Tally) -> Tally:
    """Return the figures that events of one name add to the aggregate of all names.

    Values are left out, because each name may have a unit of its own. The users of events that functions record are
    left out, because such an event also happens while the user is away, and does not make the user active.

    Args:
        name: The name of the events.
        tally: The figures of the events.

    Example:
        >>> of_all_names("job.completed", Tally(count=2, parts=[7.5], min=3.5, max=4.0)).count
        2
    """
    return Tally(tally.count, users=UserSketch() if name in SERVER_EVENTS else tally.users)


def tally_by_hour(events: Iterable[tuple[str, str, str, float | None]]) -> dict[tuple[str, str], Tally]:
    """Count events by hour and name.

    Args:
        events: The hour, the name, the uid and the value of each event.
    """
    hours: dict[tuple[str, str], Tally] = {}
    for hour, name, user_id, value in events:
        tally = hours.get((hour, name))
        if tally is None:
            tally = hours[hour, name] = Tally()
        tally.add(user_id, value)
    return hours
