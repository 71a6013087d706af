"""What clients call: checked, done, and answered with Firebase's own codes and ours in `details`."""

from typing import Any

from firebase_functions.https_fn import CallableRequest, FunctionsErrorCode, HttpsError

from stoker.errors import JobNotFound, PermanentError, RequestRefused, StokerError, TransientError, Unavailable
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.find import find_job, no_such_job
from stoker.jobs.retry import retry_job
from stoker.logs import JobLog


def call_retry_job(request: CallableRequest[Any]) -> dict[str, str]:
    """Tries a job again, for its owner or an admin.

    Args:
        request: Its `data` is `{jobId}`.

    Returns:
        `{jobId, status: 'pending'}`.

    Raises:
        HttpsError: `unauthenticated`; `invalid-argument`; `not-found`, also where the job is someone else's;
            `failed-precondition` where it can't be retried; `unavailable`.
    """
    if request.auth is None or not request.auth.uid:
        raise _refused(FunctionsErrorCode.UNAUTHENTICATED, "unauthenticated", "Sign in, and call again.")
    job_id = _job_id(request.data)
    try:
        job = find_job(job_id).to_dict() or {}
        if job.get("userId") != request.auth.uid and request.auth.token.get("role") != "admin":
            raise no_such_job(job_id)
        retry_job(job_id)
    except TRANSIENT as error:
        JobLog(job_id).error("A job could not be retried.", error)
        raise _https(Unavailable("Firestore did not answer. Call again in a moment.")) from None
    except StokerError as error:
        raise _https(error) from None
    return {"jobId": job_id, "status": "pending"}


def _job_id(data: Any) -> str:
    match data:
        case {"jobId": str(job_id)} if len(data) == 1 and job_id:
            return job_id
    wanted = "Call with {jobId}, the id of the job as a string, and nothing else."
    raise _refused(FunctionsErrorCode.INVALID_ARGUMENT, "invalid-argument", wanted)


def _https(error: StokerError) -> HttpsError:
    match error:
        case JobNotFound():
            code = FunctionsErrorCode.NOT_FOUND
        case RequestRefused() | PermanentError():
            code = FunctionsErrorCode.FAILED_PRECONDITION
        case TransientError():
            code = FunctionsErrorCode.UNAVAILABLE
        case _:
            code = FunctionsErrorCode.INTERNAL
    return _refused(code, error.code, error.message)


def _refused(code: FunctionsErrorCode, our_code: str, message: str) -> HttpsError:
    return HttpsError(code, message, {"code": our_code})
