"""A user deletes their account: a job does it, and removes the account last."""

import contextlib
import hashlib

from stoker.access import account, departure
from stoker.errors import JobExists, NotAllowed, NotRetryable
from stoker.firestore.documents import FirestoreDocuments
from stoker.host import SYSTEM
from stoker.jobs.commands import create_processing_job, retry_job
from stoker.jobs.end_hook import EndedJob
from stoker.jobs.job import find_job
from stoker.logs import JobLog
from stoker.models.deletion import orphan_job_id, spares_accounts
from stoker.users.profile import confirm_profile, of_record
from stoker.users.roles import find_account

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
    found = find_account(user_id)
    if found.disabled and departure.find(user_id) is None:
        raise NotAllowed("Your account is locked, so that you can't delete it. Ask the people who run this app.")
    # An account's own: one that is made again under the same uid has another time.
    named = f"{user_id}\0{found.user_metadata.creation_timestamp}"
    job_id = f"deletion-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
    try:
        return create_processing_job(user_id, "batch-operation", DELETION, job_id=job_id)
    except JobExists:
        job = find_job(job_id).data
    if job.get("userId") != user_id or job.get("input") != DELETION:
        # Clients choose the ids of their jobs: another one has taken this one, lest the user could go.
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
    if departure.find(user_id) is None:
        # The deletion takes this record over, and so does not take the lock for a reason to stop.
        FirestoreDocuments().commit([departure.begun(user_id, "operator", locked_before=True)])
    return delete_account(user_id)


def after_deletion(job: EndedJob) -> str:
    """End hook of a deletion: the account is gone, or the user can go on with it.

    Args:
        job: The deletion.

    Returns:
        `account-gone`, `account-unlocked`, `account-locked` if somebody else had locked the account before,
        `account-made-again`, or `left-to-another-job` if another deletion of the same user goes on.
    """
    record = departure.find(job.user_id)
    found = account.find(job.user_id)
    if job.status == "failed":
        # An operator must look at it: the user has asked for something that did not happen.
        JobLog(job.id).error("A deletion of an account has failed.", None, event="deletion-failed", userId=job.user_id)
    if found is not None and spares_accounts(job.id):
        departure.forget(job.user_id)  # the new account must not wait for the end of the old account's tokens
        return "account-made-again"
    if record is not None and record.late_job_id == job.id:
        if job.status == "completed":
            departure.forget(job.user_id)
        return "account-gone"
    if found is None:
        _look_again_later(job.user_id, record)
        return "account-gone"
    if job.status == "completed":
        departure.forget(job.user_id)  # somebody has made the account again, under the same id
        return "account-gone"
    if record is None or record.job_id != job.id:
        return "left-to-another-job"
    if not record.locked_before:
        account.unlock(job.user_id)
        confirm_profile(of_record(found))
    departure.forget(job.user_id)
    return "account-locked" if record.locked_before else "account-unlocked"


def _look_again_later(user_id: str, record: departure.Departure | None) -> None:
    """Write the late pass: an ID token of the user may have gone on to write until it expires."""
    job_id = (record and record.late_job_id) or orphan_job_id(user_id, SYSTEM.token())
    gone_at = (record and record.gone_at) or SYSTEM.now()
    FirestoreDocuments().commit([departure.gone(user_id, gone_at, job_id)])
    with contextlib.suppress(JobExists):  # the hook ran before, and its end was lost
        run_after = gone_at + departure.TOKENS_LAST
        create_processing_job(user_id, "batch-operation", DELETION, job_id=job_id, run_after=run_after)
