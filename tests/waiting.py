"""Waiting for another process or thread."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(
    condition: Callable[[], Found], seconds: float = 20.0, what: str = "The condition holds", every: float = 0.05
) -> Found:
    """Wait until a condition holds, and return its value. Fail the test if the condition does not hold in time.

    Args:
        condition: Returns a value that is true if the condition holds.
        seconds: The longest time to wait.
        what: The condition as a sentence, for the message of a failure.
        every: The seconds between two looks. No event reports the conditions of other processes.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(every)
    return found
