"""Departure: the record that a user's account is being deleted, or is gone. `departures/{uid}`.

`{userId, jobId, lockedBefore, goneAt, lateJobId}`. A deletion writes it before it locks the account, so that its lock
can be told from somebody else's later. The rules refuse new tasks, projects and jobs of a user who has a record,
because an ID token lasts for up to an hour after the account is gone. A second deletion, the late pass, removes all
that was written in that hour in other ways, and the record.
"""

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from google.cloud.firestore import DELETE_FIELD

from stoker import config
from stoker.firestore import raw
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.errors import Conflict
from stoker.firestore.writes import Delete, Merge, Write

TOKENS_LAST = timedelta(minutes=65)
"""The time after which no ID token of an account is valid any more: an hour, and some minutes for clocks that differ.
Source: https://firebase.google.com/docs/auth/admin/manage-sessions (ID tokens last for an hour)."""


@dataclass(frozen=True)
class Departure:
    """The record of a user.

    Attributes:
        job_id: The deletion that has locked the account last.
        locked_before: Whether somebody else had locked the account before.
        gone_at: The time at which the account was found to be gone; None before that.
        late_job_id: The deletion that looks again later; None before it is written.
    """

    job_id: str
    locked_before: bool
    gone_at: datetime | None = None
    late_job_id: str | None = None


def find(user_id: str) -> Departure | None:
    """Return the record of a user, if there is a record."""
    found = FirestoreDocuments().get(path_of(user_id))
    if found is None:
        return None
    data = found.data
    gone_at, late_job_id = data.get("goneAt"), data.get("lateJobId")
    return Departure(
        job_id=str(data.get("jobId")),
        locked_before=data.get("lockedBefore") is True,
        gone_at=gone_at if isinstance(gone_at, datetime) else None,
        late_job_id=late_job_id if isinstance(late_job_id, str) else None,
    )


def begun(user_id: str, job_id: str, *, locked_before: bool) -> Write:
    """Return the write by which a deletion makes the record its own.

    Args:
        user_id: The user.
        job_id: The deletion.
        locked_before: Whether somebody else has locked the account.
    """
    fields = {"userId": user_id, "jobId": job_id, "lockedBefore": locked_before}
    return Merge(path_of(user_id), {**fields, "goneAt": DELETE_FIELD, "lateJobId": DELETE_FIELD})


def gone(user_id: str, now: datetime, late_job_id: str) -> Write:
    """Return the write that records that the account is gone, and the id of the late pass."""
    return Merge(path_of(user_id), {"goneAt": now, "lateJobId": late_job_id})


def forget(user_id: str) -> None:
    """Remove the record: the account is unlocked, or no token of the account is valid any more."""
    # A record that is gone already is as it should be.
    with contextlib.suppress(Conflict):
        FirestoreDocuments().commit([Delete(path_of(user_id))])


def path_of(user_id: str) -> str:
    """Return the path of a user's record."""
    # Firestore refuses some ids that an admin may give a user.
    name = user_id if raw.possible_id(user_id) else hashlib.sha256(user_id.encode()).hexdigest()
    return f"{config.DEPARTURES}/{name}"
