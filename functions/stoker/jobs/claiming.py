"""Claim: of all who come for a job, one gets it; or the job has to wait, or has ended."""

import random
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

from stoker.errors import AttemptsExhausted, JobCancelled, PermanentError
from stoker.jobs.children import settle
from stoker.jobs.claim import TRIES, Claim, lease_end, lost, max_attempts, told
from stoker.jobs.dismiss import dismiss
from stoker.jobs.end import CANCELLED
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.job import Job, read_job
from stoker.jobs.leftovers import remove_leftovers
from stoker.jobs.limits import Held, admit, release, wake_next
from stoker.jobs.settings import settings
from stoker.jobs.unclaimed import load
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob, has_ended
from stoker.models.settings import UserLimits

EARLY = timedelta(seconds=1)
"""Clocks differ."""


class NotYetDue(Exception):
    """The task came early, as it does in the emulator: the queue should send it again."""


def claim(job_id: str) -> Claim | None:
    """Takes a job that is `pending`, or whose last attempt has gone silent.

    A read, and a write that only the document's unchanged state lets through: of any number of callers one gets it.

    Args:
        job_id: The document's id.

    Returns:
        The hold on the job, or None where there is nothing to do: it has ended, someone else holds it, or it was
        ended here because it can't run.

    Raises:
        NotYetDue: The job has to wait for its time.
    """
    token = secrets.token_urlsafe(12)
    for tried in range(TRIES):
        try:
            return _claim(job_id, token)
        except (FenceBroken, exceptions.Aborted):
            # The owner wrote, another attempt did, another job of the owner's began, or our own write arrived and its
            # answer did not: look again, and not in step with the others.
            time.sleep(random.uniform(0, 0.05 * tried))
    raise exceptions.Aborted("The job's document is written by others too often.")


def _claim(job_id: str, token: str) -> Claim | None:
    snapshot = load(job_id)
    if snapshot is None:
        return None
    data = snapshot.to_dict() or {}
    log = JobLog(job_id, jobType=str(data.get("type")), attempt=data.get("attempt", 0))
    fence = Fence.of(snapshot)
    try:
        job = read_job(job_id, data)
    except PermanentError as error:
        if not has_ended(data.get("status")):
            dismiss(fence, error, data, log)
        return None
    document = job.document
    if has_ended(document.status):
        # The attempt that ended it may have died before its last step.
        remove_leftovers(document.user_id, document.id)
        return None
    if document.waits_for_children:
        settle(job_id)  # nobody is to work on it
        return None
    limited = settings().user_limits is not None
    if document.status == "processing" and document.lease is not None:
        if document.lease.token == token:
            return Claim(fence, job, document.attempt, token, limited=limited)
        if document.lease.expires_at > datetime.now(UTC):
            return None
    if document.status == "pending" and not document.cancel_requested and _is_early(document):
        raise NotYetDue(f"The job is due at {document.run_after}.")
    return _take(fence, job, token, data, log)


def _take(fence: Fence, job: Job, token: str, data: dict[str, Any], log: JobLog) -> Claim | None:
    """Takes a job that nobody holds, if it may begin."""
    document, limits = job.document, settings().user_limits
    end = _end(document)
    if end is not None:
        dismiss(fence, end, data, log)
        return None
    admission = _admit(document, limits)
    if isinstance(admission, Held):
        _hold(fence, document, admission, log)
        if admission.stage == "paused" and limits is not None:
            wake_next(document.user_id, ())  # a job of another type, in its place
        return None
    fence.write(
        {
            **_attempts(document),
            "status": "processing",
            "stage": "queued",
            "progress": 0,
            "attempt": document.attempt + 1,
            "lease": {"token": token, "expiresAt": lease_end()},
            "startedAt": SERVER_TIMESTAMP,
        },
        admission,
    )
    document.attempts = lost(document)
    return Claim(fence, job, document.attempt + 1, token, limited=limits is not None)


def _is_early(document: ProcessingJob) -> bool:
    return document.run_after is not None and document.run_after > datetime.now(UTC) + EARLY


def _end(document: ProcessingJob) -> PermanentError | JobCancelled | None:
    """Why a job has to end that nobody holds, if it has to."""
    if document.cancel_requested:
        return JobCancelled(CANCELLED)
    if document.attempt >= max_attempts(document):
        return AttemptsExhausted(
            f"Each of {document.attempt} attempts was lost before it could tell why. Write a new job for a smaller "
            "file or fewer outputs; if that is lost too, report the job's id."
        )
    return None


def _admit(document: ProcessingJob, limits: UserLimits | None) -> Held | Also | None:
    if document.type in settings().paused:
        frees = limits is not None and document.status == "processing"
        return Held("paused", also=release(document.user_id, document.id) if frees else None)
    return admit(document, limits) if limits is not None else None


def _hold(fence: Fence, document: ProcessingJob, held: Held, log: JobLog) -> None:
    fields: dict[str, Any] = {"stage": held.stage}
    if document.status == "processing":  # its attempt has gone silent
        fields |= {"status": "pending", "lease": DELETE_FIELD, **_attempts(document)}
    if held.due is not None:
        fields["runAfter"] = held.due
    elif document.run_after is not None:
        fields["runAfter"] = DELETE_FIELD  # it was due, and the sweeper need not find it for that each minute
    if held.also is not None or document.stage != held.stage or len(fields) > 1:
        fence.write(fields, held.also)
    log.info("The job has to wait.", stage=held.stage)


def _attempts(document: ProcessingJob) -> dict[str, Any]:
    attempts = lost(document)
    return {"attempts": told(attempts)} if attempts else {}
