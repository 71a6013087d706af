"""The calls of clients about jobs. `rules/functions.rules` says which callers may make them."""

from typing import Any

from firebase_functions.https_fn import CallableRequest

from stoker.access.caller import caller_of
from stoker.access.recent_sign_in import check_recent_sign_in
from stoker.errors import InvalidArgument, NotAllowed
from stoker.jobs.commands import retry_job
from stoker.jobs.job import find_job, no_such_job
from stoker.jobs.job_deletion import delete_job
from stoker.jobs.states import JobState
from stoker.jobs.store import store


def call_retry_job(request: CallableRequest[Any]) -> dict[str, str]:
    """Run a job again, for its owner or an admin.

    Args:
        request: The call, whose `data` is `{jobId}`.

    Returns:
        `{jobId, status: 'pending'}`.

    Raises:
        InvalidArgument: The data is not a `jobId` and nothing else.
        JobNotFound: There is no such job, or it is another user's.
        NotRetryable, Duplicate, InvalidJob, UnsupportedType: The job can't run again.
        NotAllowed: The job deletes its owner's account, and the caller is not the owner.
        RecentSignInRequired: The job deletes the caller's account, and the sign-in is too long ago.
    """
    job, is_owner = _callers_job(request)
    if job.deletes_owner:
        if not is_owner:
            raise NotAllowed("This job deletes its owner's account, so only its owner can retry it.")
        check_recent_sign_in(request.auth.token if request.auth is not None else {})
    retry_job(job.id)
    return {"jobId": job.id, "status": "pending"}


def call_delete_job(request: CallableRequest[Any]) -> dict[str, str]:
    """Delete a job that has ended, with its outputs, for its owner or an admin.

    Args:
        request: The call, whose `data` is `{jobId}`.

    Returns:
        `{jobId, status: 'deleted'}`.

    Raises:
        InvalidArgument: The data is not a `jobId` and nothing else.
        JobNotFound: There is no such job, or it is another user's.
        NotDeletable: The job has not ended, or its record is still needed.
        NotAllowed: The caller's account is locked.
    """
    job, is_owner = _callers_job(request)
    if is_owner and job.user_id is not None and (standing := store().standing(job.user_id)) and standing.is_locked:
        raise NotAllowed("Your account is locked, so you can't delete jobs. Ask the people who run this app.")
    delete_job(job.id)
    return {"jobId": job.id, "status": "deleted"}


def _callers_job(request: CallableRequest[Any]) -> tuple[JobState, bool]:
    """Return the job that a call names, and whether the caller owns it. Only admins find other users' jobs."""
    caller = caller_of(request)
    job_id = _job_id(request.data)
    job = find_job(job_id).data
    is_owner = job.get("userId") == caller.user_id
    if not is_owner and caller.role != "admin":
        raise no_such_job(job_id)
    return JobState.of(job_id, job), is_owner


def _job_id(data: Any) -> str:
    match data:
        case {"jobId": str(job_id)} if len(data) == 1 and job_id:
            return job_id
    raise InvalidArgument("Call with {jobId}, the id of the job as a string, and nothing else.")
