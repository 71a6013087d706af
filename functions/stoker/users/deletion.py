"""A user deletes their account: a job does it, and removes the account last."""

import contextlib
import hashlib
import time
from collections.abc import Mapping
from typing import Any

from stoker.errors import JobExists, NotRetryable, RecentSignInRequired
from stoker.jobs.commands import create_processing_job, retry_job
from stoker.jobs.job import find_job
from stoker.users.roles import find_account

RECENT_SECONDS = 5 * 60
"""How old a sign-in may be, as Firebase Auth itself has it for what is sensitive, and our rules for such a job."""

DELETION = {"operation": "delete-user-data"}


def check_recent_sign_in(token: Mapping[str, Any]) -> None:
    """Sees that it is the user who asks, and not whoever found the device unlocked.

    Args:
        token: The ID token's claims.

    Raises:
        RecentSignInRequired: The sign-in is too long ago.
    """
    signed_in = token.get("auth_time")
    if not isinstance(signed_in, int | float) or not time.time() - RECENT_SECONDS <= signed_in <= time.time() + 60:
        raise RecentSignInRequired("Sign in again, and delete the account within five minutes.")


def delete_account(user_id: str) -> str:
    """Has a job delete all that there is of a user, and the account last.

    Called again, it gives the same job; one that has failed or was cancelled goes on.

    Args:
        user_id: The user.

    Returns:
        The job's id.

    Raises:
        UserNotFound: There is no such account, any more or at all.
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    account = find_account(user_id)
    # An account's own: one that is made again under the same uid has another time.
    named = f"{user_id}\0{account.user_metadata.creation_timestamp}"
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
