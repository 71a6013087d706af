"""Reading the facts that stand in Firestore: the last sweep, the settings, and jobs that may be stuck."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from stoker import config
from stoker.errors import KeyringDamaged
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.jobs.ceiling import used_today
from stoker.jobs.store import store
from stoker.jobs.walk import Cursors
from stoker.queries import job_queries
from stoker.signing.keyring_store import keyring_store
from stoker_tools.doctor.job_checks import OVERDUE

SECONDS = 6.0
"""The longest wait for a fact of Firestore, in seconds. It is shorter than `reading.SECONDS`, so that the fact has
Firestore's own sentence."""

MOST = 100
"""The most jobs of each kind that are read."""

FIELDS = (
    *("type", "status", "stage", "createdAt", "runAfter", "lease.expiresAt"),
    *("input.operation", "cancelRequested", "errorCode", "completedAt"),
)
"""The fields of a job that are read. Clients may fill others with anything."""

LAPSED = timedelta(minutes=5)
"""The time after which a job with a lapsed lease counts as stuck. The sweeper finds it in the next minute."""


def document_readers(now: datetime) -> dict[str, Callable[[], object]]:
    """Return a function for each fact that stands in Firestore.

    Args:
        now: The time, in UTC.
    """
    return {
        "sweep": partial(_document, Cursors.PATH),
        "settings": partial(_document, f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"),
        "keyring": _keyring,
        "waiting": partial(_waiting, now - OVERDUE),
        "lapsed": partial(_jobs, job_queries.lapsed_leases(now - LAPSED)),
        "failed": partial(_jobs, job_queries.newest_failed()),
        "used": partial(_used, now),
    }


def _document(path: str) -> Mapping[str, Any]:
    """Return the fields of a document; empty if it does not exist."""
    with deadline(SECONDS):
        found = store().documents.get(path)
    return found.data if found is not None else {}


def _keyring() -> datetime | str | None:
    """Return the time at which the current key was made; a sentence about damage; None if there is no keyring."""
    try:
        with deadline(SECONDS):
            ring = keyring_store().find()
    except KeyringDamaged as error:
        return error.message
    return None if ring is None else next(key.created_at for key in ring if key.id == ring.current)


def _jobs(selection: Selection) -> Sequence[StoredDocument]:
    with deadline(SECONDS):
        return store().documents.find(selection.only(*FIELDS).first(MOST))


def _waiting(before: datetime) -> Sequence[StoredDocument]:
    """Return pending jobs that have been due since a time, and those that the sweeper has never seen."""
    never_seen = (job for job in _jobs(job_queries.stale_pending(before)) if not job.data.get("runAfter"))
    return [*_jobs(job_queries.due(before)), *never_seen]


def _used(now: datetime) -> tuple[int, float]:
    with deadline(SECONDS):
        return used_today(now)
