"""The turns of attempts: an attempt that can go on later gives its place up if other jobs wait for a place."""

from stoker.firestore.api_errors import TRANSIENT
from stoker.jobs.fairness import SHORTEST_TURN_SECONDS, turn_seconds
from stoker.jobs.store import store
from stoker.queries import job_queries

LOOK_SECONDS = SHORTEST_TURN_SECONDS
"""The time between two looks of an attempt for waiting jobs, in seconds. A look is one aggregation, which costs one
read, or three aggregations if jobs are pending. An attempt writes its progress more often than that."""


class Turn:
    """An attempt's turn at a place of its queue.

    Args:
        job_type: The type of the job.
        places: The number of places of the job's queue.
    """

    def __init__(self, job_type: str, places: int) -> None:
        self._type = job_type
        self._places = places
        self._began = store().host.monotonic()
        self._look_at = self._began + LOOK_SECONDS

    def is_over(self) -> bool:
        """Return whether the attempt should give its place up. This is cheap, because it mostly compares two times."""
        now = store().host.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_SECONDS
        try:
            waiting = waiting_jobs(self._type)
        except TRANSIENT:
            return False  # Without an answer, the attempt keeps its place and looks again later.
        turn = turn_seconds(waiting, self._places)
        if turn is None or now >= self._began + turn:
            return turn is not None
        self._look_at = min(self._look_at, self._began + turn)
        return False


def waiting_jobs(job_type: str) -> int:
    """Return the number of jobs of a type that wait for a place: pending jobs that are neither held back nor due later.

    This counts all queues of the type together, because no index separates deletions from other jobs. So an attempt may
    give its place up for jobs of another queue. It then goes on at once.
    """
    documents, now = store().documents, store().host.now()
    pending = documents.count(job_queries.pending(job_type))
    if pending == 0:
        return 0
    later = documents.count(job_queries.pending_later(job_type, now))
    return max(0, pending - later - documents.count(job_queries.held_back(job_type)))
