"""The backoff: the time that a job waits before its next attempt."""

from stoker.jobs.store import store

BASE_SECONDS = 10.0
"""The bound of the backoff after the first attempt, in seconds."""

MOST_SECONDS = 300.0
"""The greatest bound of the backoff, in seconds."""


def backoff_seconds(attempt: int) -> float:
    """Draw an exponential backoff with full jitter. The jitter spreads jobs that have failed at the same time.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Args:
        attempt: The number of the attempt that has failed, from 1.

    Returns:
        Seconds, drawn evenly between 0 and a bound that doubles with each attempt, up to `MOST_SECONDS`.
    """
    return store().host.uniform(0, min(MOST_SECONDS, BASE_SECONDS * 2 ** (attempt - 1)))
