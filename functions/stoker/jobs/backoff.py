"""Backoff: how long a job waits before its next attempt."""

from stoker.jobs.store import store

BASE_SECONDS = 10.0
MOST_SECONDS = 300.0


def backoff_seconds(attempt: int) -> float:
    """Draw an exponential backoff with full jitter, which spreads the jobs that one fault has failed at once.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Args:
        attempt: The number of the attempt that has failed, from 1.

    Returns:
        Seconds, evenly drawn from 0 to a bound that doubles with each attempt, up to `MOST_SECONDS`.
    """
    return store().host.uniform(0, min(MOST_SECONDS, BASE_SECONDS * 2 ** (attempt - 1)))
