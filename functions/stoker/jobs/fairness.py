"""Fairness between users: how many places of a queue a user may hold, and how long an attempt may hold a place.

All functions are pure. `limits.py` and `turns.py` read the facts for them, and `docs/fairness.md` explains them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from stoker import config
from stoker.models.settings import UserLimits

KEPT_PART = 4
"""One of this many places of a queue is kept for users who hold no place in it."""

TURN_SECONDS = 45.0
"""The time for which an attempt that can go on later may hold its place while other jobs wait, in seconds. It is
shorter if more jobs wait than the queue has places."""

SHORTEST_TURN_SECONDS = 10.0
"""The length of the shortest turn, in seconds. The start of an attempt takes a second or two."""

FORGOTTEN = timedelta(seconds=2 * config.ATTEMPT_SECONDS)
"""The time after which a place counts as free. No attempt lasts this long. The place was not given back because its job
was deleted while it ran, or because the limits were lifted meanwhile."""


@dataclass(frozen=True)
class Usage:
    """The places and the work that a user's jobs take: the facts in `jobUsers/{uid}`. Days are in UTC.

    Attributes:
        running: The times at which the user's running jobs have taken their places, by the job's id.
        types: The types of these jobs, by the job's id.
        began: The number of jobs that have begun today.
        work_seconds: The time that the user's attempts took today, in seconds.
        output_bytes: The size of the files that the user's jobs have made today, in bytes.
        media_seconds: The duration of the films and the speech that these jobs have worked on, in seconds.
        waiting: Whether a job of the user waits for a place.
        account_created_at: The time of the sign-up; None if it is not known.
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
        """Return the facts in a document.

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
        """Return the usage without the place of a job: the next attempt takes the place of a lost attempt."""
        running = {job: taken for job, taken in self.running.items() if job != job_id}
        return replace(self, running=running)

    def held(self, job_type: str) -> int:
        """Return the number of places of a queue that the user holds."""
        return sum(self.types.get(job) == job_type for job in self.running)

    def is_at_limit_of_day(self, limits: UserLimits, *, is_new: bool) -> bool:
        """Return whether a job of the user must wait until tomorrow.

        Args:
            limits: The user's limits.
            is_new: Whether this would be the job's first attempt. A job counts once for the limit of jobs.
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
    """Return the number of places of a queue that are free for users who already hold a place.

    Args:
        places: The number of all places of the queue.
        running: The number of running attempts.
    """
    return max(0, places - places // KEPT_PART - running)


def may_take_another(held: int, places: int, running: int) -> bool:
    """Return whether a user may take another place of a queue: only if more places are free than the user holds.

    The more places are taken, the fewer places each user may hold. So users who come later always find a free place.
    Source: https://doi.org/10.1109/90.664262 (dynamic thresholds, by which the ports of a switch share its buffer).

    Args:
        held: The number of places that the user holds.
        places: The number of all places of the queue.
        running: The number of running attempts of all users.

    Example:
        >>> [may_take_another(held, 20, running=held) for held in (1, 7, 8)]
        [True, True, False]
        >>> may_take_another(1, 20, running=14), may_take_another(0, 20, running=19)
        (False, True)
    """
    return held == 0 or held < free_places(places, running)


def turn_seconds(waiting: int, places: int) -> float | None:
    """Return the time for which an attempt may hold its place, in seconds; None if there is no bound.

    Args:
        waiting: The number of jobs that wait for a place of the queue.
        places: The number of all places of the queue.

    Example:
        >>> turn_seconds(0, 20), turn_seconds(3, 20), turn_seconds(30, 20)
        (None, 45.0, 22.5)
    """
    if waiting <= 0:
        return None
    return max(SHORTEST_TURN_SECONDS, TURN_SECONDS / math.ceil(waiting / places))


def limits_of(limits: UserLimits, created_at: datetime | None, now: datetime) -> UserLimits:
    """Return the limits of a user, which are lower for some time after the sign-up.

    Only the account's age decides. Anonymous accounts have no lower limits of their own, because they look the same as
    accounts of a custom token: neither has a provider.

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
