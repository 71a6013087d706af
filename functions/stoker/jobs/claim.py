"""Claim: of all who come for a job, one gets it, and keeps it only as long as its writes arrive."""

import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api_core import exceptions, retry
from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.errors import AttemptsExhausted, JobCancelled, LeaseLost, PermanentError
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.end import cancelled, failed
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.job import Job, read_job
from stoker.jobs.unclaimed import end_unclaimed, load
from stoker.logs import JobLog
from stoker.models.job import ENDED, Attempt, ProcessingJob
from stoker.storage.outputs import remove_outputs

EARLY = timedelta(seconds=1)
"""Clocks differ."""

TRIES = 10
"""How often a write that someone else came before is tried again: an owner may touch the job, but not hold it up."""


class NotYetDue(Exception):
    """The task came early, as it does in the emulator: the queue should send it again."""


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
        self._began = datetime.now(UTC)
        # The reporter's thread writes too, and each write needs the time of the last one.
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The attempt's own name: a number alone is used again once an attempt is handed back."""
        return f"{self.attempt}-{self._token}"

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

    def ended(self, error_code: str) -> dict[str, Any]:
        """The field that tells what became of this attempt and of those before it, for a final write."""
        ended = Attempt(number=self.attempt, started_at=self._began, ended_at=datetime.now(UTC), error_code=error_code)
        return {"attempts": _told([*self.job.document.attempts, ended])}

    def end(self, fields: dict[str, Any]) -> None:
        """Makes the final write; tries again for as long as the lease lasts, since all the work hangs on it.

        Args:
            fields: From `stoker.jobs.end`.

        Raises:
            JobCancelled: The owner has asked for that before the write arrived.
            LeaseLost: The job is no longer this attempt's.
        """
        passing = retry.if_exception_type(*TRANSIENT)
        retry.Retry(predicate=passing, initial=0.2, maximum=10, timeout=config.LEASE_SECONDS / 2)(self._write)(fields)

    def _write(self, fields: dict[str, Any]) -> None:
        with self._lock:
            for _ in range(TRIES):
                try:
                    return self._fence.write(fields)
                except FenceBroken:
                    if self._written_already(fields):
                        return None
        raise exceptions.Aborted("The job's document is written by others too often.")

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

    Raises:
        NotYetDue: The job has to wait for its time.
    """
    token = secrets.token_urlsafe(12)
    for _ in range(TRIES):
        try:
            return _claim(job_id, token)
        except FenceBroken:
            # The owner wrote, another attempt did, or our own write arrived and its answer did not: look again.
            continue
    raise exceptions.Aborted("The job's document is written by others too often.")


def _claim(job_id: str, token: str) -> Claim | None:
    snapshot = load(job_id)
    if snapshot is None:
        return None
    data = snapshot.to_dict() or {}
    if data.get("status") in ENDED:
        _tidy(job_id, data)
        return None
    log = JobLog(job_id, jobType=str(data.get("type")), attempt=data.get("attempt", 0))
    fence = Fence.of(snapshot)
    try:
        job = read_job(job_id, data)
    except PermanentError as error:
        end_unclaimed(fence, failed(error), log)
        return None
    document = job.document
    try:
        if document.status == "processing" and document.lease and document.lease.expires_at > datetime.now(UTC):
            return Claim(fence, job, document.attempt, token) if document.lease.token == token else None
        if document.status == "pending" and document.run_after and document.run_after > datetime.now(UTC) + EARLY:
            raise NotYetDue(f"The job is due at {document.run_after.isoformat()}.")
        _take(fence, document, token)
    except (AttemptsExhausted, JobCancelled) as error:
        end_unclaimed(fence, cancelled() if isinstance(error, JobCancelled) else failed(error), log)
        remove_outputs(document.user_id, job_id)
        return None
    return Claim(fence, job, document.attempt + 1, token)


def _tidy(job_id: str, data: dict[str, Any]) -> None:
    """The attempt that ended the job may have died, or met a fault, before it had removed what others left."""
    if data.get("attempt"):
        files = (data.get("output") or {}).get("files", [])
        remove_outputs(data["userId"], job_id, {file["path"] for file in files})


def _take(fence: Fence, document: ProcessingJob, token: str) -> None:
    if document.cancel_requested:
        raise JobCancelled("The job was cancelled, as you asked.")
    if document.attempt >= _max_attempts(document):
        raise AttemptsExhausted(
            f"Each of {document.attempt} attempts was lost before it could tell why. Write a new job for a smaller "
            "file or fewer outputs; if that is lost too, report the job's id."
        )
    attempts = list(document.attempts)
    if document.status == "processing" and document.lease is not None:
        began = document.started_at or document.created_at
        silent = document.lease.expires_at
        attempts.append(Attempt(number=document.attempt, started_at=began, ended_at=silent, error_code=LeaseLost.code))
    document.attempts = attempts
    fence.write(
        {
            **({"attempts": _told(attempts)} if attempts else {}),
            "status": "processing",
            "stage": "queued",
            "progress": 0,
            "attempt": document.attempt + 1,
            "lease": {"token": token, "expiresAt": _lease_end()},
            "startedAt": SERVER_TIMESTAMP,
        }
    )


def _told(attempts: list[Attempt]) -> list[dict[str, Any]]:
    return [attempt.to_firestore() for attempt in attempts[-config.ATTEMPTS_TOLD :]]


def _max_attempts(document: ProcessingJob) -> int:
    return document.max_attempts or config.MAX_ATTEMPTS


def _lease_end() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=config.LEASE_SECONDS)
