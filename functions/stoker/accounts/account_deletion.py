"""The deletion of an account: a job deletes the user's data, and the account last."""

import contextlib
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from firebase_admin import auth

from stoker.access import account, departure
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.profile import confirm_profile
from stoker.errors import JobExists, NotAllowed, NotRetryable
from stoker.firestore.writes import ExtraWrites
from stoker.jobs.commands import create_processing_job, retry_job, write_job
from stoker.jobs.end_hook import EndedJob
from stoker.jobs.job import find_job, path_of
from stoker.jobs.store import store
from stoker.logs import JobLog
from stoker.models.job import END_HOOK_DUE, has_ended
from stoker.models.orphan import orphan_job_id

DELETION = {"operation": "delete-user-data"}
"""The input of the job."""


def delete_account(user_id: str) -> str:
    """Start a job that deletes all data of a user, and the account last.

    A second call returns the same job. If the job has failed or was cancelled, the call retries it.

    Args:
        user_id: The uid of the user.

    Returns:
        The job's id.

    Raises:
        UserNotFound: There is no such account.
        NotAllowed: Somebody else has locked the account.
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    found = account.get(user_id)
    if found.disabled and not _is_locked_by_us(found, departure.find(user_id)):
        raise NotAllowed("Your account is locked, so that you can't delete it. Ask the people who run this app.")
    # The id belongs to this account: an account that is made again under the same uid has another creation time.
    named = f"{user_id}\0{account.made_at(found)}"
    job_id = f"deletion-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
    try:
        return create_processing_job(user_id, "batch-operation", DELETION, job_id=job_id)
    except JobExists:
        job = find_job(job_id).data
    if job.get("userId") != user_id or job.get("input") != DELETION:
        # A client may have created another job with this id.
        return create_processing_job(user_id, "batch-operation", DELETION)
    if job.get("status") in ("failed", "cancelled"):
        with contextlib.suppress(NotRetryable):  # Another call has just retried it.
            retry_job(job_id)
    return job_id


def delete_banned_account(user_id: str) -> str:
    """Start a job that deletes an account that an admin has locked, with all data of the user. For operators.

    Args:
        user_id: The uid of the user.

    Returns:
        The job's id.

    Raises:
        UserNotFound, Unavailable: As `delete_account`.
    """
    found, record = account.get(user_id), departure.find(user_id)
    if not found.disabled or _is_locked_by_us(found, record):
        return delete_account(user_id)
    made = account.made_at(found)
    if record is not None and record.is_of(made) and _is_under_way(record.job_id):
        return record.job_id
    # The record allows only this job to delete the locked account. Record and job are written in one commit.
    job_id = store().host.token()
    permit = departure.begin_write(user_id, job_id, locked_before=True, account_made=made)
    return write_job(job_id, {**_fields(user_id), "endHook": END_HOOK_DUE}, [permit])


def delete_remains(user_id: str, job_id: str, run_after: datetime | None = None, extra: ExtraWrites = ()) -> str:
    """Start a job that deletes the remaining data of a user whose account is gone.

    The job touches no account. Its end hook runs however the job ends. After a cancelled job, it writes another job.

    Args:
        user_id: The uid of the user.
        job_id: The job's id.
        run_after: The earliest time at which the job begins; None for now.
        extra: Writes of other documents in the same commit.

    Returns:
        The job's id.

    Raises:
        JobExists: A job with this id exists.
        Conflict: A condition of the other writes does not hold.
        Unavailable: Firestore did not answer.
    """
    later = {} if run_after is None else {"runAfter": run_after}
    fields = {**_fields(user_id), "ownerIsGone": True, "endHook": END_HOOK_DUE, **later}
    return write_job(job_id, fields, extra)


def after_deletion(job: EndedJob) -> str:
    """Finish a deletion, as its end hook: unlock the account if it still exists.

    Args:
        job: The deletion.

    Returns:
        `account-gone`, `account-unlocked`, `account-locked` if somebody else had locked the account before,
        `account-made-again`, or `left-to-another-job` if another deletion of the same user is under way.

    Raises:
        Conflict: Another deletion of the same user has just begun. The hook will run again.
    """
    record = departure.find(job.user_id)
    found = account.find(job.user_id)
    if found is None:
        _log_failure(job)
        _after_account(job, record)
        return "account-gone"
    earlier = record if record is not None and not record.is_of(account.made_at(found)) else None
    is_other = earlier is not None and earlier.job_id == job.id
    if job.owner_is_gone or job.status == "completed" or is_other:
        # Only the record of the earlier account is removed. The new account may have a record of its own.
        if earlier is not None:
            departure.forget(earlier)
        return "account-made-again"
    _log_failure(job)
    if record is None or record is earlier:
        return "account-locked" if found.disabled else "account-unlocked"
    if _is_under_way(record.job_id):
        return "left-to-another-job"
    return _unlock(record, found)


def _log_failure(job: EndedJob) -> None:
    if job.status == "failed":
        # An operator must look at this, because the user asked for the deletion and it did not happen.
        JobLog(job.id).error("A deletion of an account has failed.", None, event="deletion-failed", userId=job.user_id)


def _unlock(record: departure.Departure, found: auth.UserRecord) -> str:
    # The end is recorded before the unlock. So an attempt that was suspended until now sees the record, and unlocks the
    # account again if it locks it.
    ending = departure.end(record)
    if not record.locked_before:
        account.unlock(record.user_id)
        confirm_profile(account_of_record(found))
    departure.forget(ending)
    return "account-locked" if record.locked_before else "account-unlocked"


def _after_account(job: EndedJob, record: departure.Departure | None) -> None:
    """Schedule the late pass, or finish after it.

    An ID token of the user is valid until it expires, even if the account is gone. The late pass is a second deletion
    after that time. It deletes the documents that were written with such a token.
    """
    late_job_id = record.late_job_id if record is not None else None
    if record is not None and late_job_id == job.id and job.status != "cancelled":
        departure.forget(record)
        return
    if late_job_id is not None and late_job_id != job.id and _is_under_way(late_job_id):
        return  # The hook ran before, but its result was lost.
    gone_at = (record and record.gone_at) or store().host.now()
    job_id = orphan_job_id(job.user_id, store().host.token())
    # If the hook runs twice at once, the condition on the record lets only one run write a late pass.
    write = departure.gone_write(job.user_id, record, gone_at, job_id)
    delete_remains(job.user_id, job_id, gone_at + departure.TOKENS_LAST, [write])


def _is_locked_by_us(found: auth.UserRecord, record: departure.Departure | None) -> bool:
    """Return whether a deletion has locked the account, and nobody had locked it before."""
    return record is not None and record.is_of(account.made_at(found)) and not record.locked_before


def _is_under_way(job_id: str) -> bool:
    found = store().documents.get(path_of(job_id), ("status",))
    return found is not None and not has_ended(found.data.get("status"))


def _fields(user_id: str) -> Mapping[str, Any]:
    return {"userId": user_id, "type": "batch-operation", "input": DELETION}
