"""The lengths of silence that a listener bears."""

from dataclasses import dataclass

from stoker import config

STALE_SECONDS = 45.0
"""The silence after which a live query is stale, in seconds: one and a half times the time between two messages.
Firestore sends a message about every 30 s, even if nothing has changed.
Source: https://github.com/googleapis/nodejs-firestore (dev/src/watch.ts, WATCH_IDLE_TIMEOUT_MS)"""

SILENCE_SECONDS = 120.0
"""The silence after which a live query opens a new connection, in seconds. A connection whose other end is gone is
silent without an error. Source: as above."""

MONITOR_SILENCE_SECONDS = 45.0
"""The silence after which the monitor of a job opens a new connection, in seconds. A job is written often while it
runs, and a new connection costs one read at most."""

EMULATOR_SILENCE_SECONDS = 30.0
"""The longest silence in the emulator, in seconds. It sends nothing while nothing changes. So this must be shorter than
`STALE_SECONDS`, or a quiet query would be called stale."""


@dataclass(frozen=True)
class Patience:
    """The lengths of silence that a listener bears.

    Attributes:
        stale: The silence after which the listener is stale, in seconds.
        silence: The silence after which a new connection is opened, in seconds.
    """

    stale: float
    silence: float


def patience_of_a_sync() -> Patience:
    """Return the lengths of silence that a live query bears, in the emulator or in production."""
    return Patience(STALE_SECONDS, _silence(SILENCE_SECONDS))


def patience_of_a_monitor() -> Patience:
    """Return the lengths of silence that the monitor of a job bears, in the emulator or in production."""
    return Patience(STALE_SECONDS, _silence(MONITOR_SILENCE_SECONDS))


def _silence(seconds: float) -> float:
    return min(seconds, EMULATOR_SILENCE_SECONDS) if config.emulated() else seconds
