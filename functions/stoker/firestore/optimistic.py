"""Optimistic writes: read, decide, and commit on the condition that nothing has changed.

After a conflict, read again.
"""

from collections.abc import Callable
from typing import TypeVar

from google.api_core import exceptions

from stoker.firestore.api_errors import CONFLICTS, TRANSIENT
from stoker.firestore.deadline import deadline, seconds_left
from stoker.host import SYSTEM, Host

Result = TypeVar("Result")

TRIES = 10
"""The default number of conflicts after which a write gives up, so that other writers can't delay it for ever."""

SECONDS = 60.0
"""The default of the longest time for all tries, in seconds. The client library's own tries are included."""

STEP_SECONDS = 0.05
"""The longest wait after the second conflict, in seconds. It grows by the same number with each further conflict."""

OUTAGE_SECONDS = 0.4
"""The longest wait after the first transient error, in seconds. It doubles with each further error."""

LONGEST_WAIT_SECONDS = 10.0
"""The longest wait between two tries, in seconds."""


def until_written(
    attempt: Callable[[], Result],
    *,
    read_again: Callable[[], object] = lambda: None,
    tries: int = TRIES,
    seconds: float = SECONDS,
    through_outages: bool = False,
    host: Host = SYSTEM,
) -> Result:
    """Try a conditional write until it succeeds or gives up.

    Args:
        attempt: A function that reads, decides and commits. It raises one of `CONFLICTS` if a condition does not hold.
        read_again: A function that is called before each try but the first, to read again what the caller had read
            before the first. Its errors count as errors of `attempt`.
        tries: The number of conflicts after which the write gives up.
        seconds: The deadline for all tries and waits together, in seconds. If an outer deadline ends earlier, that
            holds.
        through_outages: Whether the write is also tried again after `TRANSIENT` errors: until the deadline, and not
            only `tries` times.
        host: The machine whose clock measures the waits.

    Returns:
        The result of the try that was written.

    Raises:
        Aborted: Every try met a conflict, or the deadline has passed in a conflict.
        Exception: Any other error that `attempt` raises.

    Example:
        >>> until_written(lambda: 7)
        7
    """
    again = (*CONFLICTS, *TRANSIENT) if through_outages else CONFLICTS
    conflicts = outages = 0
    end = host.monotonic() + seconds
    with deadline(seconds):  # This uses the real clock, because the client library uses no other.
        while True:
            try:
                if conflicts or outages:
                    read_again()
                return attempt()
            except again as error:
                if through_outages and isinstance(error, TRANSIENT):
                    outages += 1
                    # Many tries do not help during an outage, so the waits double.
                    longest = OUTAGE_SECONDS * 2 ** min(outages - 1, 10)
                else:
                    conflicts += 1
                    longest = STEP_SECONDS * (conflicts - 1)
                # The wait is random, so that two writers that have met do not meet again.
                wait = host.uniform(0, min(longest, LONGEST_WAIT_SECONDS))
                in_time = host.monotonic() + wait <= end and wait <= (seconds_left() or 0)
                if not in_time or conflicts >= tries:
                    if isinstance(error, TRANSIENT):
                        raise
                    raise exceptions.Aborted(
                        f"In {conflicts} tries, another writer changed the document first. Try again later."
                    ) from error
                host.sleep(wait)
