"""Sweep: brings back every job that an event, a task or a worker was lost for. Each step may be done twice."""

from datetime import UTC, datetime, timedelta

from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker import config
from stoker.firestore.client import client
from stoker.jobs.dispatch import dispatch, occasion_of_sweep


def sweep(now: datetime | None = None) -> int:
    """Dispatches jobs that are `pending` for too long, and jobs whose attempt has gone silent.

    What happens to each is decided where it is claimed; here they are only found.

    Args:
        now: The time to judge by.

    Returns:
        How many jobs were found.
    """
    now = now or datetime.now(UTC)
    found = 0
    for query in (_stale_pending(now), _lapsed(now)):
        for snapshot in query.stream():  # one at a time: a document may have a megabyte
            dispatch(snapshot, occasion_of_sweep(now))
            found += 1
    return found


def _stale_pending(now: datetime) -> Query:
    before = now - timedelta(seconds=config.STALE_PENDING_SECONDS)
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending"))
    return jobs.where(filter=FieldFilter("createdAt", "<", before)).order_by("createdAt").limit(config.SWEEP_PAGE)


def _lapsed(now: datetime) -> Query:
    jobs = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "processing"))
    lapsed = jobs.where(filter=FieldFilter("lease.expiresAt", "<", now))
    return lapsed.order_by("lease.expiresAt").limit(config.SWEEP_PAGE)
