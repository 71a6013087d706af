"""Claim: of all who come for a job, one gets it, and keeps it only as long as its writes arrive."""

import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.errors import AttemptsExhausted, JobCancelled, LeaseLost, PermanentError
from stoker.firestore.client import client
from stoker.jobs.end import cancelled, failed
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.job import Job, read_job
from stoker.logs import JobLog
from stoker.models.job import ENDED, ProcessingJob


class Claim:
    """An attempt's hold on a job: everything that it writes goes through here.

    Attributes:
        job: The job, as it was when it was claimed.
        attempt: This attempt's number, from 1.
    """

    def __init__(self, fence: Fence, job: Job, attempt: int, token: str) -> None:
        self.job = job
        self.attempt = attempt
        self._fence = fence
        self._token = token
        # The reporter's thread writes too, and each write needs the time of the last one.
        self._lock = threading.Lock()

    @property
    def last(self) -> bool:
        """Whether the job has no further attempt after this one."""
        return self.attempt >= _max_attempts(self.job.document)

    def report(self, progress: float, stage: str) -> None:
        """Writes how far the attempt is, and keeps its lease alive.

        Raises:
            JobCancelled: The owner wants the job to stop. A final write may follow.
            LeaseLost: The job is no longer this attempt's. No write will succeed any more.
        """
        self._write({"progress": progress, "stage": stage, "lease.expiresAt": _lease_end()})

    def end(self, fields: dict[str, Any]) -> None:
        """Makes the final write.

        Args:
            fields: From `stoker.jobs.end`.

        Raises:
            JobCancelled: The owner has asked for that before the write arrived.
            LeaseLost: The job is no longer this attempt's.
        """
        self._write(fields)

    def _write(self, fields: dict[str, Any]) -> None:
        with self._lock:
            while True:
                try:
                    return self._fence.write(fields)
                except FenceBroken:
                    if self._written_already(fields):
                        return None

    def _written_already(self, fields: dict[str, Any]) -> bool:
        """Finds out who wrote in between; returns False where the write may be tried again."""
        snapshot = self._fence.look()
        if not snapshot.exists:
            raise LeaseLost("The job was deleted while it ran.")
        now = snapshot.to_dict() or {}
        if now.get("status") != "processing":
            # A commit whose answer was lost is sent again by the client, and then meets its own work.
            if now.get("status") == fields.get("status") and now.get("attempt") == self.attempt:
                return True
            raise LeaseLost("The job has ended without this attempt.")
        if (now.get("lease") or {}).get("token") != self._token:
            raise LeaseLost("Another attempt has taken the job over.")
        self._fence.accept(snapshot)
        if now.get("cancelRequested") is True and fields.get("status") != "cancelled":
            raise JobCancelled("The job was cancelled, as you asked.")
        return False


def claim(job_id: str) -> Claim | None:
    """Takes a job that is `pending`, or whose last attempt has gone silent.

    A read, and a write that only the document's unchanged state lets through: of any number of callers one gets it.

    Args:
        job_id: The document's id.

    Returns:
        The hold on the job, or None where there is nothing to do: it has ended, someone else holds it, or it was
        ended here because it can't run.
    """
    reference = client().collection(config.JOBS).document(job_id)
    snapshot = reference.get()
    data = snapshot.to_dict() or {}
    log = JobLog(job_id, jobType=str(data.get("type")), attempt=data.get("attempt", 0))
    if not snapshot.exists:
        log.info("The job is gone.")
        return None
    if data.get("status") in ENDED:
        return None
    fence = Fence(reference, snapshot.update_time)
    try:
        return _take(fence, job_id, data)
    except FenceBroken:
        return None  # Whoever wrote first has it; if it was only the owner, the sweeper brings it back.
    except PermanentError as error:
        fields = failed(error)
    except JobCancelled:
        fields = cancelled()
    try:
        fence.write(fields)
    except FenceBroken:
        return None  # As above.
    log.warning("The job ended before it began.", status=fields["status"], errorCode=fields["errorCode"])
    return None


def _take(fence: Fence, job_id: str, data: dict[str, Any]) -> Claim | None:
    job = read_job(job_id, data)
    document = job.document
    if document.status == "processing" and document.lease and document.lease.expires_at > datetime.now(UTC):
        return None
    if document.cancel_requested:
        raise JobCancelled("The job was cancelled, as you asked.")
    if document.attempt >= _max_attempts(document):
        raise AttemptsExhausted(
            f"The job was lost {document.attempt} times without a word. Its file may need more memory or time "
            "than a worker has: try a smaller one."
        )
    attempt, token = document.attempt + 1, secrets.token_urlsafe(12)
    fence.write(
        {
            "status": "processing",
            "stage": "queued",
            "progress": 0,
            "attempt": attempt,
            "lease": {"token": token, "expiresAt": _lease_end()},
            "startedAt": SERVER_TIMESTAMP,
        }
    )
    return Claim(fence, job, attempt, token)


def _max_attempts(document: ProcessingJob) -> int:
    return document.max_attempts or config.MAX_ATTEMPTS


def _lease_end() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=config.LEASE_SECONDS)
