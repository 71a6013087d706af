"""Departure: the record that a user's account is being deleted, or is gone. `departures/{uid}`.

`{userId, jobId, lockedBefore, accountMade, beganAt, isEnding, goneAt, lateJobId, expiresAt}`. A deletion writes it
before it locks the account, so that its lock can be told from somebody else's later. The rules refuse new tasks,
projects and jobs of a user who has a record, because an ID token lasts for up to an hour after the account is gone. A
second deletion, the late pass, removes all that was written in that hour in other ways, and the record.

Each deletion writes a new `beganAt`. So the record of a deletion that has begun meanwhile is never removed by mistake:
a write that changes nothing would leave the document's update time as it was.
"""

import contextlib
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

from stoker import config
from stoker.firestore import raw
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.writes import Create, Delete, Merge, Update, Write

TOKENS_LAST = timedelta(minutes=65)
"""The time after which no ID token of an account is valid any more: an hour, and some minutes for clocks that differ.
Source: https://firebase.google.com/docs/auth/admin/manage-sessions (ID tokens last for an hour)."""

KEPT = timedelta(days=1)
"""The time after which Firestore removes the record of an account that is gone, if no late pass has removed it."""


@dataclass(frozen=True)
class Departure:
    """The record of a user.

    Attributes:
        user_id: The user.
        job_id: The deletion that has locked the account last.
        locked_before: Whether somebody else had locked the account before.
        update_time: The time at which the record was written.
        account_made: The time at which the account was made, in milliseconds since 1970; None if there was no account.
        is_ending: Whether the deletion has ended without success, and the account is being unlocked.
        gone_at: The time at which the account was found to be gone; None before that.
        late_job_id: The deletion that looks again later; None before it is written.
    """

    user_id: str
    job_id: str
    locked_before: bool
    update_time: datetime
    account_made: int | None = None
    is_ending: bool = False
    gone_at: datetime | None = None
    late_job_id: str | None = None

    def is_held_by(self, job_id: str) -> bool:
        """Return whether a deletion has written this record last, and goes on."""
        return self.job_id == job_id and self.gone_at is None and not self.is_ending

    def is_of(self, account_made: int | None) -> bool:
        """Return whether the record is about an account, and not about an earlier account of the same uid.

        Args:
            account_made: The time at which the account was made, in milliseconds since 1970.
        """
        return self.gone_at is None and self.account_made == account_made


def find(user_id: str) -> Departure | None:
    """Return the record of a user, if there is a record."""
    found = FirestoreDocuments().get(path_of(user_id))
    if found is None:
        return None
    data = found.data
    account_made, gone_at, late_job_id = data.get("accountMade"), data.get("goneAt"), data.get("lateJobId")
    return Departure(
        user_id=user_id,
        job_id=str(data.get("jobId")),
        locked_before=data.get("lockedBefore") is True,
        update_time=found.update_time,
        account_made=account_made if isinstance(account_made, int) else None,
        is_ending=data.get("isEnding") is True,
        gone_at=gone_at if isinstance(gone_at, datetime) else None,
        late_job_id=late_job_id if isinstance(late_job_id, str) else None,
    )


def begun(user_id: str, job_id: str, *, locked_before: bool, account_made: int | None) -> Write:
    """Return the write by which a deletion makes the record its own.

    Args:
        user_id: The user.
        job_id: The deletion.
        locked_before: Whether somebody else has locked the account.
        account_made: The time at which the account was made, in milliseconds since 1970; None if there is no account.
    """
    fields = {"userId": user_id, "jobId": job_id, "lockedBefore": locked_before, "accountMade": account_made}
    earlier = dict.fromkeys(("isEnding", "goneAt", "lateJobId", "expiresAt"), DELETE_FIELD)
    return Merge(path_of(user_id), {**fields, "beganAt": SERVER_TIMESTAMP, **earlier})


def gone(user_id: str, record: Departure | None, gone_at: datetime, late_job_id: str) -> Write:
    """Return the write that records that the account is gone, and the id of the late pass.

    Args:
        user_id: The user.
        record: The record as it was read. If it was written since, the commit is refused.
        gone_at: The time at which the account was found to be gone.
        late_job_id: The deletion that looks again later.
    """
    fields = {"goneAt": gone_at, "lateJobId": late_job_id, "expiresAt": gone_at + KEPT}
    if record is None:
        return Create(path_of(user_id), {"userId": user_id, "jobId": late_job_id, "lockedBefore": False, **fields})
    return Update(path_of(user_id), fields, record.update_time)


def end(record: Departure) -> Departure:
    """Record that the account is being unlocked. An attempt that locks the account afterwards takes its lock back.

    Raises:
        Conflict: The record was written since it was read.
    """
    mark = Update(path_of(record.user_id), {"isEnding": True}, record.update_time)
    (written,) = FirestoreDocuments().commit([mark])
    return replace(record, is_ending=True, update_time=written.update_time)


def forget(record: Departure) -> None:
    """Remove the record, unless it was written since it was read.

    The account is unlocked, or no token of the account is valid any more, or the uid has a new account.
    """
    # A record that was written since belongs to another deletion, or is gone already.
    with contextlib.suppress(Conflict):
        FirestoreDocuments().commit([Delete(path_of(record.user_id), record.update_time)])


def forget_earlier_account(user_id: str) -> None:
    """Remove the record of an earlier account of a uid that has an account again: the new account may write at once."""
    record = find(user_id)
    if record is not None and record.gone_at is not None:
        forget(record)


def path_of(user_id: str) -> str:
    """Return the path of a user's record."""
    # Firestore refuses some ids that an admin may give a user.
    name = user_id if raw.possible_id(user_id) else hashlib.sha256(user_id.encode()).hexdigest()
    return f"{config.DEPARTURES}/{name}"
