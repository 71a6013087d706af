"""Optimistic writes: read, decide, commit on the condition that nothing has changed, and read again if it has."""

from collections.abc import Callable
from typing import TypeVar

from google.api_core import exceptions

from stoker.firestore.api_errors import CONFLICTS, TRANSIENT
from stoker.firestore.deadline import deadline, seconds_left
from stoker.host import SYSTEM, Host

Result = TypeVar("Result")

TRIES = 10
"""How many conflicts end a write by default: others may touch a document, but not hold its writer up for ever."""

SECONDS = 60.0
"""How long all tries may take by default, the client library's own tries included."""

STEP_SECONDS = 0.05
"""The longest wait after the second conflict; after each further conflict it may be longer by the same."""

OUTAGE_SECONDS = 0.4
"""The longest wait after the first transient error; it doubles with each further one."""

LONGEST_WAIT_SECONDS = 10.0
"""The longest wait between two tries."""


def until_written(
    attempt: Callable[[], Result],
    *,
    read_again: Callable[[], object] = lambda: None,
    tries: int = TRIES,
    seconds: float = SECONDS,
    through_outages: bool = False,
    host: Host = SYSTEM,
) -> Result:
    """Make attempts at a conditional write until no other writer is quicker.

    Args:
        attempt: Reads, decides and commits. It raises one of `CONFLICTS` if a condition did not hold.
        read_again: Called before every attempt but the first, for what the caller has read before the first. Its errors
            count as the attempt's.
        tries: The number of conflicts after which it gives up.
        seconds: The deadline for all attempts and waits together. An outer deadline that ends earlier holds.
        through_outages: Whether `TRANSIENT` errors are tried again too, until the deadline and not only `tries` times.
        host: The clock to wait by.

    Returns:
        The result of the attempt that was written.

    Raises:
        Aborted: Other writers were quicker each time, or the deadline has passed in a conflict.
        Exception: Whatever else `attempt` raises.

    Example:
        >>> until_written(lambda: 7)
        7
    """
    again = (*CONFLICTS, *TRANSIENT) if through_outages else CONFLICTS
    conflicts = outages = 0
    end = host.monotonic() + seconds
    with deadline(seconds):  # By the real clock, because the client library knows no other.
        while True:
            try:
                if conflicts or outages:
                    read_again()
                return attempt()
            except again as error:
                if through_outages and isinstance(error, TRANSIENT):
                    outages += 1
                    # Many tries do not help against an outage, so its waits double.
                    longest = OUTAGE_SECONDS * 2 ** min(outages - 1, 10)
                else:
                    conflicts += 1
                    longest = STEP_SECONDS * (conflicts - 1)
                # Drawn, so that writers that have met do not meet again.
                wait = host.uniform(0, min(longest, LONGEST_WAIT_SECONDS))
                in_time = host.monotonic() + wait <= end and wait <= (seconds_left() or 0)
                if not in_time or conflicts >= tries:
                    if isinstance(error, TRANSIENT):
                        raise
                    raise exceptions.Aborted("The document is written by others too often.") from error
                host.sleep(wait)
