"""A user deletes their account: a job does it, and removes the account last."""

import contextlib
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from firebase_admin import auth

from stoker.access import account, departure
from stoker.accounts.account_copy import of_record
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
    """Let a job delete all that there is of a user, and the account last.

    Called again, it returns the same job. If the job has failed or was cancelled, it begins again.

    Args:
        user_id: The user.

    Returns:
        The job's id.

    Raises:
        UserNotFound: There is no such account, any more or at all.
        NotAllowed: Somebody else has locked the account.
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    found = account.get(user_id)
    if found.disabled and not _is_locked_by_us(found, departure.find(user_id)):
        raise NotAllowed("Your account is locked, so that you can't delete it. Ask the people who run this app.")
    # An account's own: one that is made again under the same uid has another time.
    named = f"{user_id}\0{account.made_at(found)}"
    job_id = f"deletion-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
    try:
        return create_processing_job(user_id, "batch-operation", DELETION, job_id=job_id)
    except JobExists:
        job = find_job(job_id).data
    if job.get("userId") != user_id or job.get("input") != DELETION:
        # A client may have created another job under this id.
        return create_processing_job(user_id, "batch-operation", DELETION)
    if job.get("status") in ("failed", "cancelled"):
        with contextlib.suppress(NotRetryable):  # another call has just done it
            retry_job(job_id)
    return job_id


def delete_banned_account(user_id: str) -> str:
    """Let a job delete an account that an admin has locked, with all that there is of the user. For operators.

    Args:
        user_id: The user.

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
    # The record lets this job alone delete a locked account. If the job is never written, there is no record.
    job_id = store().host.token()
    permit = departure.begin_write(user_id, job_id, locked_before=True, account_made=made)
    return write_job(job_id, {**_fields(user_id), "endHook": END_HOOK_DUE}, [permit])


def delete_remains(user_id: str, job_id: str, run_after: datetime | None = None, extra: ExtraWrites = ()) -> str:
    """Let a job delete all that is left of a user whose account is gone.

    The job touches no account. Its end hook runs in any case: if the job is cancelled, another job is written.

    Args:
        user_id: The user.
        job_id: The job's id.
        run_after: Not before this time.
        extra: Writes of other documents in the same commit.

    Returns:
        The job's id.

    Raises:
        JobExists: There is a job of this id.
        Conflict: Another document is not as its write supposed.
        Unavailable: Firestore did not answer.
    """
    later = {} if run_after is None else {"runAfter": run_after}
    fields = {**_fields(user_id), "ownerIsGone": True, "endHook": END_HOOK_DUE, **later}
    return write_job(job_id, fields, extra)


def after_deletion(job: EndedJob) -> str:
    """End hook of a deletion: the account is gone, or the user can go on with it.

    Args:
        job: The deletion.

    Returns:
        `account-gone`, `account-unlocked`, `account-locked` if somebody else had locked the account before,
        `account-made-again`, or `left-to-another-job` if another deletion of the same user goes on.

    Raises:
        Conflict: Another deletion of the same user has just begun. The hook runs again.
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
        # The record of a deletion of the new account stays.
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
        # An operator must look at it: the user has asked for something that did not happen.
        JobLog(job.id).error("A deletion of an account has failed.", None, event="deletion-failed", userId=job.user_id)


def _unlock(record: departure.Departure, found: auth.UserRecord) -> str:
    # Recorded first, so that an attempt which stands still now does not lock the account for ever.
    ending = departure.end(record)
    if not record.locked_before:
        account.unlock(record.user_id)
        confirm_profile(of_record(found))
    departure.forget(ending)
    return "account-locked" if record.locked_before else "account-unlocked"


def _after_account(job: EndedJob, record: departure.Departure | None) -> None:
    """Write the late pass, or end with it: an ID token of the user may have gone on to write until it expires."""
    late_job_id = record.late_job_id if record is not None else None
    if record is not None and late_job_id == job.id and job.status != "cancelled":
        departure.forget(record)
        return
    if late_job_id is not None and late_job_id != job.id and _is_under_way(late_job_id):
        return  # The hook ran before, and its end was lost.
    gone_at = (record and record.gone_at) or store().host.now()
    job_id = orphan_job_id(job.user_id, store().host.token())
    # Of two runs of the hook at once, the record lets one write a late pass.
    write = departure.gone_write(job.user_id, record, gone_at, job_id)
    delete_remains(job.user_id, job_id, gone_at + departure.TOKENS_LAST, [write])


def _is_locked_by_us(found: auth.UserRecord, record: departure.Departure | None) -> bool:
    """Whether a deletion has locked the account, and nobody before it."""
    return record is not None and record.is_of(account.made_at(found)) and not record.locked_before


def _is_under_way(job_id: str) -> bool:
    found = store().documents.get(path_of(job_id), ("status",))
    return found is not None and not has_ended(found.data.get("status"))


def _fields(user_id: str) -> Mapping[str, Any]:
    return {"userId": user_id, "type": "batch-operation", "input": DELETION}
