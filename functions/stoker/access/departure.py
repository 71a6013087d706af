"""The departure of a user: the record that the user's account is being deleted, or is gone. It is `departures/{uid}`.

Its fields are `{userId, jobId, lockedBefore, accountMade, beganAt, isEnding, goneAt, lateJobId, expiresAt}`.

A deletion writes the record before it locks the account. So it can later distinguish its own lock from a lock that an
admin has set before. The security rules refuse new tasks, projects and jobs of a user with a record, because an ID
token stays valid for up to an hour after the account is gone. Data may still be written in other ways in that hour. A
second deletion, the late pass, removes that data and the record.

Each deletion writes a new `beganAt`, so that the document's update time changes. A write that changes nothing would
keep the update time, and the record of a newer deletion could be removed by mistake.
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
"""The time after which no ID token of an account is valid: an hour, and some minutes because clocks differ.
Source: https://firebase.google.com/docs/auth/admin/manage-sessions (ID tokens last for an hour)."""

KEPT = timedelta(days=1)
"""The time after which Firestore removes the record of an account that is gone, unless the late pass has removed it."""


@dataclass(frozen=True)
class Departure:
    """The record of a user whose account is being deleted, or is gone.

    Attributes:
        user_id: The user.
        job_id: The deletion that was the last one to lock the account.
        locked_before: Whether the account was locked before the deletion locked it.
        update_time: The time at which the record was written.
        account_made: The time at which the account was made, in milliseconds since 1970; None if there was no account.
        is_ending: Whether the deletion has ended without success, so that the account is being unlocked.
        gone_at: The time at which the account was found to be gone; None before that.
        late_job_id: The job of the late pass; None before that job is written.
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
        """Return whether a deletion was the last one to write this record, and has not ended."""
        return self.job_id == job_id and self.gone_at is None and not self.is_ending

    def is_of(self, account_made: int | None) -> bool:
        """Return whether the record is about a given account, and not about an earlier account of the same uid.

        Args:
            account_made: The time at which the account was made, in milliseconds since 1970.
        """
        return self.gone_at is None and self.account_made == account_made


def find(user_id: str) -> Departure | None:
    """Read the record of a user; return None if there is no record."""
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


def begin_write(user_id: str, job_id: str, *, locked_before: bool, account_made: int | None) -> Write:
    """Return the write that records the start of a deletion.

    Args:
        user_id: The user.
        job_id: The deletion.
        locked_before: Whether the account was locked before.
        account_made: The time at which the account was made, in milliseconds since 1970; None if there is no account.
    """
    fields = {"userId": user_id, "jobId": job_id, "lockedBefore": locked_before, "accountMade": account_made}
    earlier = dict.fromkeys(("isEnding", "goneAt", "lateJobId", "expiresAt"), DELETE_FIELD)
    return Merge(path_of(user_id), {**fields, "beganAt": SERVER_TIMESTAMP, **earlier})


def gone_write(user_id: str, record: Departure | None, gone_at: datetime, late_job_id: str) -> Write:
    """Return the write that records that the account is gone, and the id of the late pass.

    Args:
        user_id: The user.
        record: The record as it was read; None if there was none. If it was written since, the commit is refused.
        gone_at: The time at which the account was found to be gone.
        late_job_id: The job of the late pass.
    """
    fields = {"goneAt": gone_at, "lateJobId": late_job_id, "expiresAt": gone_at + KEPT}
    if record is None:
        return Create(path_of(user_id), {"userId": user_id, "jobId": late_job_id, "lockedBefore": False, **fields})
    return Update(path_of(user_id), fields, record.update_time)


def end(record: Departure) -> Departure:
    """Record that the account is being unlocked.

    If an attempt of the deletion locks the account afterwards, it finds this record and unlocks the account again.

    Raises:
        Conflict: The record was written since it was read.
    """
    mark = Update(path_of(record.user_id), {"isEnding": True}, record.update_time)
    (written,) = FirestoreDocuments().commit([mark])
    return replace(record, is_ending=True, update_time=written.update_time)


def forget(record: Departure) -> None:
    """Remove a record, unless it was written since it was read.

    Call this if the account is unlocked, if no ID token of the account is valid any more, or if the uid has a new
    account.
    """
    # After a conflict, the record belongs to another deletion, or is gone already.
    with contextlib.suppress(Conflict):
        FirestoreDocuments().commit([Delete(path_of(record.user_id), record.update_time)])


def forget_earlier_account(user_id: str) -> None:
    """Remove the record of an earlier account of a uid that has a new account, so that its user can write at once."""
    record = find(user_id)
    if record is not None and record.gone_at is not None:
        forget(record)


def path_of(user_id: str) -> str:
    """Return the path of a user's record."""
    # Hashed if no document can have this id: an admin may give a user any uid.
    name = user_id if raw.possible_id(user_id) else hashlib.sha256(user_id.encode()).hexdigest()
    return f"{config.DEPARTURES}/{name}"
