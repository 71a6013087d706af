"""What some events add up to."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from stoker.analytics.buckets import GRANULARITIES, Key, bucket_of_hour
from stoker.analytics.user_sketch import UserSketch
from stoker.models.analytics import ALL, SERVER_EVENTS


def add_exactly(parts: list[float], value: float) -> None:
    """Add a number to a sum without any rounding: the sum is kept as parts, which add up to it exactly.

    Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates, 1997,
    section 2.4; it is what `math.fsum` does.

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
    """A count of events, the sum, the least and the greatest of their values, and their users.

    Attributes:
        count: Events.
        parts: They add up to the sum of the values, exactly: so it does not depend on the order in which they came.
        min: None where no event had a value; so is `max`.
        users: Who had them.
    """

    count: int = 0
    parts: list[float] = field(default_factory=list)
    min: float | None = None
    max: float | None = None
    users: UserSketch = field(default_factory=UserSketch)

    @property
    def sum(self) -> float:
        """Of the values: the float that is nearest to it."""
        return math.fsum(self.parts)

    def add(self, user_id: str, value: float | None) -> None:
        """Count an event."""
        self.count += 1
        self.users.add(user_id)
        if value is not None:
            add_exactly(self.parts, value)
            self._reach(value, value)

    def merge(self, other: Self) -> None:
        """Add what other events add up to."""
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
    """Return all the aggregates that events add to: by name and of all names, by the hour, the day and the month.

    Args:
        hours: What they add up to by hour and name.
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
    """Return the part of a tally that is added to the aggregate of all names: the events, and the users who were active.

    Values are left out, because each name may have a unit of its own. An event that a function records makes no user
    active: it also happens while the user is away.

    Args:
        name: Of the events.
        tally: The sum of these events.

    Example:
        >>> of_all_names("job.completed", Tally(count=2, parts=[7.5], min=3.5, max=4.0)).count
        2
    """
    return Tally(tally.count, users=UserSketch() if name in SERVER_EVENTS else tally.users)


def tally_by_hour(events: Iterable[tuple[str, str, str, float | None]]) -> dict[tuple[str, str], Tally]:
    """What events add up to by hour and name.

    Args:
        events: Each with its hour, its name, its user and its value.
    """
    hours: dict[tuple[str, str], Tally] = {}
    for hour, name, user_id, value in events:
        tally = hours.get((hour, name))
        if tally is None:
            tally = hours[hour, name] = Tally()
        tally.add(user_id, value)
    return hours
