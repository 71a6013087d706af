"""The fields of a final write. Each removes the lease, so that nothing half-done can be told from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

from stoker import config
from stoker.errors import JobCancelled, PermanentError, StokerError, TransientError
from stoker.jobs.backoff import backoff_seconds
from stoker.models.job import RUNNING_JOBS, JobOutput

CANCELLED = "The job was cancelled, as you asked."
"""What an owner reads."""

_LET_GO = {"lease": DELETE_FIELD, "etaSeconds": DELETE_FIELD}
"""Nobody works on the job any more."""


def completed(output: JobOutput) -> dict[str, Any]:
    """The work is done; this write alone makes the attempt's outputs the job's."""
    return {
        "status": "completed",
        "progress": 100,
        "stage": "completed",
        "output": output.to_firestore(),
        "error": DELETE_FIELD,
        "errorCode": DELETE_FIELD,
        **dict.fromkeys(output.forgotten, DELETE_FIELD),
        **_ended(output.keep_days),
    }


def failed(error: PermanentError | TransientError) -> dict[str, Any]:
    """The work can't be done."""
    return {"status": "failed", **_reason(error), **_ended()}


def cancelled() -> dict[str, Any]:
    """The owner asked for it."""
    return {"status": "cancelled", **_reason(JobCancelled(CANCELLED)), **_ended()}


def pending_again(error: TransientError, attempt: int) -> dict[str, Any]:
    """The attempt failed; another one, after a while, may not."""
    due = datetime.now(UTC) + timedelta(seconds=backoff_seconds(attempt))
    reason = {"error": f"{error.message} The job is tried again by itself.", "errorCode": error.code}
    return {"status": "pending", "stage": "queued", "runAfter": due, **reason, **_LET_GO}


def renewed() -> dict[str, Any]:
    """The owner wants a job that has ended to be run again, as if it were new."""
    ended = ("error", "errorCode", "output", "startedAt", "completedAt", "expiresAt")
    begun = ("runAfter", "lease", "endedBy", "etaSeconds", "cancelRequested", "children", "checkpoint")
    gone = dict.fromkeys((*ended, *begun), DELETE_FIELD)
    return {**gone, "status": "pending", "stage": "queued", "progress": 0, "attempt": 0}


def waiting_for_children(children: int) -> dict[str, Any]:
    """The attempt has made jobs, which run by themselves: nobody holds this one while they do."""
    return {"stage": RUNNING_JOBS, "status": "processing", "children": children, **_LET_GO}


def handed_back(attempt: int) -> dict[str, Any]:
    """The platform took the worker away: the job waits for another one, as if this attempt had not been."""
    return {"status": "pending", "stage": "queued", "attempt": attempt - 1, **_LET_GO}


def _reason(error: StokerError) -> dict[str, Any]:
    return {"error": error.message, "errorCode": error.code}


def _ended(keep_days: int | None = None) -> dict[str, Any]:
    expires = datetime.now(UTC) + timedelta(days=keep_days or config.KEEP_ENDED_DAYS)
    return {**_LET_GO, "checkpoint": DELETE_FIELD, "completedAt": SERVER_TIMESTAMP, "expiresAt": expires}
