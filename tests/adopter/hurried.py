"""Shorter times for an app of the tests, so that the job of a killed worker goes on within seconds."""

import sys
from collections.abc import Mapping
from typing import Any

HURRIED: Mapping[str, Mapping[str, float]] = {
    "stoker.config": {
        "LEASE_SECONDS": 8,
        "HEARTBEAT_SECONDS": 1.5,
        "PROGRESS_SECONDS": 0.5,
        "STALE_PENDING_SECONDS": 2,
    },
    "stoker.jobs.backoff": {"BASE_SECONDS": 0.5, "MOST_SECONDS": 2},
    "stoker.jobs.sweeper": {"RECHECK_MINUTES": 0, "EVERYTHING_MINUTES": 0},
}
"""The times, by module and constant."""


def install() -> None:
    """Set the times of this process. Only the app's own processes do it: tests share theirs with other tests."""
    for module, constants in HURRIED.items():
        __import__(module)
        for name, value in constants.items():
            getattr(sys.modules[module], name)  # better to fail than to set what nobody reads
            setattr(sys.modules[module], name, value)


def hurry(function: Any) -> None:
    """Let a queue send a task again after a second.

    Args:
        function: The function of the queue.
    """
    retry = function.__firebase_endpoint__.taskQueueTrigger["retryConfig"]
    retry.update(minBackoffSeconds=1, maxBackoffSeconds=1)
