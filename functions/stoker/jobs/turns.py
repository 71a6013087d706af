"""Turns: an attempt that can go on later gives its place up while other jobs wait for it."""

from stoker.firestore.api_errors import TRANSIENT
from stoker.jobs.fairness import SHORTEST_TURN_SECONDS, turn_seconds
from stoker.jobs.store import store
from stoker.queries import job_queries

LOOK_SECONDS = SHORTEST_TURN_SECONDS
"""How often an attempt looks whether others wait: one aggregation, which is one read; three if jobs are pending. An
attempt writes its progress more often than that."""


class Turn:
    """An attempt's turn at a place of its queue.

    Args:
        job_type: The type of the job.
        places: The places of its queue.
    """

    def __init__(self, job_type: str, places: int) -> None:
        self._type = job_type
        self._places = places
        self._began = store().host.monotonic()
        self._look_at = self._began + LOOK_SECONDS

    def is_over(self) -> bool:
        """Return whether the attempt should make room. Cheap: it mostly compares two times."""
        now = store().host.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_SECONDS
        try:
            waiting = waiting_jobs(self._type)
        except TRANSIENT:
            return False  # Without an answer the attempt stays, and looks again later.
        turn = turn_seconds(waiting, self._places)
        if turn is None or now >= self._began + turn:
            return turn is not None
        self._look_at = min(self._look_at, self._began + turn)
        return False


def waiting_jobs(job_type: str) -> int:
    """Return how many jobs of a type could begin if there were more places: those that are pending, and neither held
    back nor due later.

    All queues of the type together: no index tells deletions from other jobs. An attempt that gives its place up for
    jobs of another queue goes on at once.
    """
    documents, now = store().documents, store().host.now()
    pending = documents.count(job_queries.pending(job_type))
    if pending == 0:
        return 0
    later = documents.count(job_queries.pending_later(job_type, now))
    return max(0, pending - later - documents.count(job_queries.held_back(job_type)))
