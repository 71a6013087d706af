"""The supervision of a listener: when it is stale, when it must be started again, and which errors end it."""

from collections.abc import Callable
from typing import Literal

from stoker.live.patience import Patience

SyncState = Literal["connecting", "live", "stale", "stopped"]
"""The state of a live query.

- `connecting`: no update has been delivered yet.
- `live`: the last update shows the database as it is, or as it was moments ago.
- `stale`: the last update may be old. The connection is broken or silent, and a new one is tried.
- `stopped`: no update will come. `stop` was called, or Firestore has refused the query.
"""

FIRST_DELAY_SECONDS = 0.1
MOST_DELAY_SECONDS = 30.0
"""The first and the longest pause before a new connection, in seconds. Each pause is twice as long as the one before,
and up to half of it is left to chance, so that many listeners do not come back at the same time."""

HEALTHY_SECONDS = 10.0
"""The age from which on a connection counts as a good one, in seconds. After its end, the pauses begin anew."""

RESOURCE_EXHAUSTED = 8

PERMANENT = frozenset({3, 5, 6, 7, 9, 11, 12, 15})
"""The gRPC codes that every later try would meet again: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED,
FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED and DATA_LOSS.
Source: https://github.com/googleapis/nodejs-firestore (dev/src/watch.ts, isPermanentError). ABORTED is not among them,
because Python's client tries again after it: https://github.com/googleapis/python-firestore (watch.py)"""


class Supervision:
    """The life of a listener's connections. It has no clock: each call passes the time, in seconds of a steady clock.

    Args:
        patience: The lengths of silence.
        chance: A function that draws a number between two others.

    Example:
        >>> supervision = Supervision(Patience(stale=45, silence=120), lambda low, high: high)
        >>> supervision.begin(0)
        >>> supervision.catch_up(heard=1)
        >>> supervision.state(40), supervision.state(60), supervision.is_silent(60), supervision.is_silent(130)
        ('live', 'stale', False, True)
    """

    def __init__(self, patience: Patience, chance: Callable[[float, float], float]) -> None:
        self._patience = patience
        self._chance = chance
        self._begun = self._heard = 0.0
        # The time at which the delivered state had arrived; None before the first delivery.
        self._confirmed: float | None = None
        self._is_broken = False
        self._retry_at: float | None = None
        self._failures = 0

    def begin(self, now: float) -> None:
        """Note that a new connection begins."""
        self._begun = self._heard = now
        self._retry_at = None

    def hear(self, now: float) -> None:
        """Note that a message has arrived. It tells nothing of the delivered state until it is delivered itself."""
        self._heard = max(self._heard, now)

    def catch_up(self, heard: float) -> None:
        """Note that a consistent state of this connection was delivered.

        Args:
            heard: The time at which that state had arrived. The delivery may have taken long.
        """
        self._is_broken = False
        self._confirmed = heard

    def fail(self, now: float, code: int) -> bool:
        """Note that the connection has ended with an error, and return whether a later connection may do better.

        Args:
            now: The time.
            code: The number of the gRPC code.
        """
        self._is_broken = True
        if code in PERMANENT:
            return False
        if now - self._begun >= HEALTHY_SECONDS:
            self._failures = 0
        longest = min(MOST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(self._failures, 20))
        if code == RESOURCE_EXHAUSTED:  # Firestore asks for less.
            longest = MOST_DELAY_SECONDS
        self._failures += 1
        self._retry_at = now + self._chance(longest / 2, longest)
        return True

    def is_due(self, now: float) -> bool:
        """Return whether a new connection must begin now, after an error."""
        return self._retry_at is not None and now >= self._retry_at

    def is_silent(self, now: float) -> bool:
        """Return whether the connection has been silent for so long that a new one must begin."""
        return self._retry_at is None and now - self._heard >= self._patience.silence

    def state(self, now: float) -> SyncState:
        """Return the state of a listener that is not stopped."""
        if self._confirmed is None:
            return "connecting"
        return "stale" if self._is_broken or now - self._confirmed >= self._patience.stale else "live"

    def seconds(self, now: float) -> float:
        """Return the time until something must be decided if no message comes, in seconds."""
        if self._retry_at is not None:
            return max(0.0, self._retry_at - now)
        moments = [self._heard + self._patience.silence]
        if self._confirmed is not None and self.state(now) == "live":
            moments.append(self._confirmed + self._patience.stale)
        return max(0.0, min(moments) - now)
