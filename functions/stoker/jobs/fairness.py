"""Fairness: how many places of a queue a user may hold, and how long an attempt may hold a place while others wait.

Pure functions. `limits.py` and `turns.py` read what they decide about; `docs/fairness.md` explains them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from stoker import config
from stoker.models.settings import UserLimits

KEPT_PART = 4
"""One of so many places of a queue is kept for users who hold no place in it."""

TURN_SECONDS = 45.0
"""How long an attempt that can go on later may hold its place while others wait, if one turn each is enough."""

SHORTEST_TURN_SECONDS = 10.0
"""No turn is shorter: the start of an attempt takes a second or two."""

FORGOTTEN = timedelta(seconds=2 * config.TASK_SECONDS)
"""No attempt lasts so long: its job was deleted while it ran, or limits were lifted meanwhile."""


@dataclass(frozen=True)
class Usage:
    """What a user's jobs take: the facts in `jobUsers/{uid}`.

    Attributes:
        running: The times at which the user's running jobs have taken their places, by job.
        types: The types of these jobs, by job.
        began: Jobs that have begun today.
        work_seconds: Seconds that the user's attempts took today.
        output_bytes: Bytes of the files that the user's jobs have made today.
        media_seconds: Seconds of the films and speech that these jobs have worked on.
        waiting: Whether a job of the user's waits for a place.
        account_created_at: The time of the sign-up, if it is known.
    """

    running: Mapping[str, datetime]
    types: Mapping[str, str]
    began: int = 0
    work_seconds: int = 0
    output_bytes: int = 0
    media_seconds: int = 0
    waiting: bool = False
    account_created_at: datetime | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any], now: datetime) -> "Usage":
        """Return the facts of a document.

        Args:
            data: Its fields.
            now: The time, in UTC.
        """
        today = now.date().isoformat()
        running = {job: taken for job, taken in data.get("running", {}).items() if taken > now - FORGOTTEN}
        known = data.get("types", {})
        is_today = data.get("day") == today
        created_at = data.get("accountCreatedAt")
        return cls(
            running,
            {job: known[job] for job in running if job in known},
            data.get("began", 0) if is_today else 0,
            data.get("work", {}).get(today, 0),
            data.get("outputBytes", {}).get(today, 0),
            data.get("mediaSeconds", {}).get(today, 0),
            data.get("waiting") == 1,
            created_at if isinstance(created_at, datetime) else None,
        )

    def without(self, job_id: str) -> "Usage":
        """Return the usage as if a job held no place: an attempt was lost, and another takes its place."""
        running = {job: taken for job, taken in self.running.items() if job != job_id}
        return replace(self, running=running)

    def held(self, job_type: str) -> int:
        """Return how many places of a queue the user holds."""
        return sum(self.types.get(job) == job_type for job in self.running)

    def has_had_their_day(self, limits: UserLimits, *, is_new: bool) -> bool:
        """Return whether a job of the user's must wait until tomorrow.

        Args:
            limits: The user's limits.
            is_new: Whether it would be the job's first attempt. A job that has begun counts once.
        """
        too_many = is_new and limits.a_day is not None and self.began >= limits.a_day
        return too_many or any(
            most is not None and taken >= most
            for taken, most in (
                (self.work_seconds / 60, limits.work_minutes_a_day),
                (self.media_seconds / 60, limits.media_minutes_a_day),
                (self.output_bytes / config.GIB, limits.output_gib_a_day),
            )
        )


def free_places(places: int, running: int) -> int:
    """Return how many places of a queue are free for users who hold places already.

    Args:
        places: All places of the queue.
        running: Attempts that run.
    """
    return max(0, places - places // KEPT_PART - running)


def may_take_another(held: int, places: int, running: int) -> bool:
    """Return whether a user may take another place of a queue: only while more places are free than the user holds.

    The more places are taken, the fewer a user may hold, so that those who come later always find some.
    Source: https://doi.org/10.1109/90.664262 (dynamic thresholds, by which the ports of a switch share its buffer).

    Args:
        held: Places that the user holds.
        places: All places of the queue.
        running: Attempts that run, of all users.

    Example:
        >>> [may_take_another(held, 20, running=held) for held in (1, 7, 8)]
        [True, True, False]
        >>> may_take_another(1, 20, running=14), may_take_another(0, 20, running=19)
        (False, True)
    """
    return held == 0 or held < free_places(places, running)


def turn_seconds(waiting: int, places: int) -> float | None:
    """Return how long an attempt may hold its place; None if it may stay.

    Args:
        waiting: Jobs that wait for a place of the queue.
        places: All places of the queue.

    Example:
        >>> turn_seconds(0, 20), turn_seconds(3, 20), turn_seconds(30, 20)
        (None, 45.0, 22.5)
    """
    if waiting <= 0:
        return None
    return max(SHORTEST_TURN_SECONDS, TURN_SECONDS / math.ceil(waiting / places))


def limits_of(limits: UserLimits, created_at: datetime | None, now: datetime) -> UserLimits:
    """Return the limits of a user: lower for a time after the sign-up.

    Age alone decides. An anonymous account can't be told from an account of a custom token: neither has a provider.

    Args:
        limits: The limits of every user.
        created_at: The time at which the user's account was made; None if it is not known.
        now: The time, in UTC.
    """
    new = limits.new_users
    if new is None or created_at is None or now - created_at >= timedelta(hours=new.hours):
        return limits
    return limits.model_copy(
        update={
            "at_once": _least(limits.at_once, new.at_once),
            "a_day": _least(limits.a_day, new.a_day),
            "work_minutes_a_day": _least(limits.work_minutes_a_day, new.work_minutes_a_day),
        }
    )


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
