"""Claim: of all who come for a job, one gets it; or the job has to wait, or has ended."""

import random
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

from stoker.errors import AttemptsExhausted, JobCancelled, LeaseLost, PermanentError
from stoker.jobs.children import settle
from stoker.jobs.claim import TRIES, Claim, lease_end, max_attempts, told
from stoker.jobs.end import cancelled, failed
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.job import read_job
from stoker.jobs.limits import Held, admit, release
from stoker.jobs.settings import settings
from stoker.jobs.unclaimed import end_unclaimed, load
from stoker.logs import JobLog
from stoker.models.job import ENDED, Attempt, ProcessingJob
from stoker.storage.outputs import remove_outputs

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
        except FenceBroken:
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
        if data.get("status") not in ENDED:
            end_unclaimed(fence, failed(error), log)
            _tell_parent(data.get("parentId"))
        return None
    document = job.document
    limits = settings().user_limits
    if document.status in ENDED:
        _tidy(document)
        return None
    if document.status == "processing":
        if document.lease is None:
            settle(job_id)  # its children run; nothing is to be done for it but to look after them
            return None
        if document.lease.token == token:
            return Claim(fence, job, document.attempt, token, limited=limits is not None)
        if document.lease.expires_at > datetime.now(UTC):
            return None
    elif document.run_after and document.run_after > datetime.now(UTC) + EARLY and not document.cancel_requested:
        raise NotYetDue(f"The job is due at {document.run_after.isoformat()}.")
    try:
        _check_attempts(document)
    except (AttemptsExhausted, JobCancelled) as error:
        also = release(document) if limits is not None else None
        end_unclaimed(fence, cancelled() if isinstance(error, JobCancelled) else failed(error), log, also)
        remove_outputs(document.user_id, job_id)
        _tell_parent(document.parent_id)
        return None
    if document.status == "pending" and document.type in settings().paused:
        _hold(fence, document, Held("paused"), log)
        return None
    admission = admit(document, limits) if limits is not None else None
    if isinstance(admission, Held):
        _hold(fence, document, admission, log)
        return None
    _take(fence, document, token, admission)
    return Claim(fence, job, document.attempt + 1, token, limited=limits is not None)


def _tell_parent(parent_id: Any) -> None:
    if isinstance(parent_id, str):
        settle(parent_id)


def _tidy(document: ProcessingJob) -> None:
    """The worker may have died between its final write and its last step; then the task comes again."""
    if document.status == "completed" and document.output is not None:
        remove_outputs(document.user_id, document.id, document.output.paths)
    else:
        remove_outputs(document.user_id, document.id)


def _hold(fence: Fence, document: ProcessingJob, held: Held, log: JobLog) -> None:
    fields: dict[str, Any] = {"stage": held.stage}
    if document.status == "processing":  # its lease has lapsed
        fields |= {"status": "pending", "lease": DELETE_FIELD}
    if held.due is not None:
        fields["runAfter"] = held.due
    if held.also is not None or document.stage != held.stage:
        fence.write(fields, held.also)
    log.info("The job has to wait.", stage=held.stage)


def _check_attempts(document: ProcessingJob) -> None:
    if document.cancel_requested:
        raise JobCancelled("The job was cancelled, as you asked.")
    if document.attempt >= max_attempts(document):
        raise AttemptsExhausted(
            f"Each of {document.attempt} attempts was lost before it could tell why. Write a new job for a smaller "
            "file or fewer outputs; if that is lost too, report the job's id."
        )


def _take(fence: Fence, document: ProcessingJob, token: str, also: Also | None) -> None:
    attempts = list(document.attempts)
    if document.status == "processing" and document.lease is not None:
        began = document.started_at or document.created_at
        silent = document.lease.expires_at
        attempts.append(Attempt(number=document.attempt, started_at=began, ended_at=silent, error_code=LeaseLost.code))
    document.attempts = attempts
    fence.write(
        {
            **({"attempts": told(attempts)} if attempts else {}),
            "status": "processing",
            "stage": "queued",
            "progress": 0,
            "attempt": document.attempt + 1,
            "lease": {"token": token, "expiresAt": lease_end()},
            "startedAt": SERVER_TIMESTAMP,
        },
        also,
    )
