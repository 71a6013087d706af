"""Optimistic writes: read, decide, commit on the condition that nothing has changed, and read again if it has."""

from collections.abc import Callable
from typing import TypeVar

from google.api_core import exceptions

from stoker.firestore.deadline import deadline
from stoker.firestore.errors import CONFLICTS, TRANSIENT
from stoker.host import SYSTEM, Host

Result = TypeVar("Result")

TRIES = 10
"""How often a write is tried by default: others may touch a document, but not hold its writer up for ever."""

SECONDS = 60.0
"""How long all tries may take by default, the client library's own tries included."""

STEP_SECONDS = 0.05
"""The longest wait before the second try; each later wait may be longer by the same."""

LONGEST_WAIT_SECONDS = 10.0
"""The longest wait between two tries."""


def until_written(
    attempt: Callable[[], Result],
    *,
    tries: int = TRIES,
    seconds: float = SECONDS,
    through_outages: bool = False,
    host: Host = SYSTEM,
) -> Result:
    """Make attempts at a conditional write until no other writer is quicker.

    Args:
        attempt: Reads, decides and commits. It raises one of `CONFLICTS` if a condition did not hold.
        tries: At most so many attempts.
        seconds: The deadline for all attempts and waits together.
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
    end = host.monotonic() + seconds
    tried = 0
    with deadline(seconds):
        while True:
            try:
                return attempt()
            except again as error:
                tried += 1
                outage = through_outages and isinstance(error, TRANSIENT)
                # Not in step with the other writers. An outage is not helped by many tries, so its waits double.
                most = 0.2 * 2**tried if outage else STEP_SECONDS * (tried - 1)
                wait = host.uniform(0, min(most, LONGEST_WAIT_SECONDS))
                if host.monotonic() + wait > end or (tried >= tries and not outage):
                    if isinstance(error, TRANSIENT):
                        raise
                    raise exceptions.Aborted("The document is written by others too often.") from error
                host.sleep(wait)
