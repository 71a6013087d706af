"""What an attempt holds of a job: it keeps it only as long as its writes arrive."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from google.api_core import exceptions, retry
from google.cloud.firestore import WriteBatch
from google.cloud.firestore_v1.types import WriteResult

from stoker import config
from stoker.errors import JobCancelled, LeaseLost
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.end import CANCELLED
from stoker.jobs.ended import ended_event
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.job import Job
from stoker.jobs.limits import release, wake_next
from stoker.logs import JobLog
from stoker.models.job import Attempt, ProcessingJob

TRIES = 10
"""How often a write that someone else came before is tried again: an owner may touch the job, but not hold it up."""

OF_THE_END = ("status", "attempt", "stage", "runAfter", "expiresAt")
"""The fields by which an attempt knows its own final write."""


class WritesRefused(Exception):
    """Another document of the commit is not as it was: read it again. Nothing was changed."""


class Claim:
    """An attempt's hold on a job: everything that it writes goes through here.

    Attributes:
        job: The job, as it was when it was claimed.
        attempt: This attempt's number, from 1.
    """

    def __init__(self, fence: Fence, job: Job, attempt: int, token: str, *, limited: bool) -> None:
        self.job = job
        self.attempt = attempt
        self._fence = fence
        self._limited = limited
        self._token = token
        self._began = datetime.now(UTC)
        # The reporter's thread writes too, and each write needs the time of the last one.
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The attempt's own name: a number alone is used again once an attempt is handed back."""
        return f"{self.attempt}-{self._token}"

    def as_claimed(self) -> ProcessingJob:
        """The document as the claim has changed it."""
        return self.job.document.model_copy(update={"started_at": self._began, "attempt": self.attempt})

    @property
    def last(self) -> bool:
        """Whether the job has no further attempt after this one."""
        return self.attempt >= max_attempts(self.job.document)

    def report(self, progress: float, stage: str, eta_seconds: int | None = None) -> None:
        """Writes how far the attempt is, and keeps its lease alive.

        Args:
            progress: Percent.
            stage: What the attempt is doing.
            eta_seconds: How long it will still take, where that is known.

        Raises:
            JobCancelled: The owner wants the job to stop. A final write may follow.
            LeaseLost: The job is no longer this attempt's. No write will succeed any more.
        """
        eta = {} if eta_seconds is None else {"etaSeconds": eta_seconds}
        self._write({"progress": progress, "stage": stage, **eta, "lease.expiresAt": lease_end()})

    def save(self, checkpoint: dict[str, Any], also: Also | None = None) -> None:
        """Writes how far the work is, for the attempt that may have to go on from here.

        Args:
            checkpoint: In the worker's own terms.
            also: Other documents to write in the same commit. Whatever crashes, they are written once.

        Raises:
            JobCancelled, LeaseLost: As `report`.
            WritesRefused: A condition of the other writes does not hold.
        """
        self._write({"checkpoint": checkpoint, "lease.expiresAt": lease_end(), "lease.saved": token_hex(8)}, also)

    def forget_limits(self) -> None:
        """From now on, the attempt's end does not free its place among those of the user: there are none any more."""
        self._limited = False

    def ended(self, error_code: str) -> dict[str, Any]:
        """The field that tells what became of this attempt and of those before it, for a final write."""
        ended = Attempt(number=self.attempt, started_at=self._began, ended_at=datetime.now(UTC), error_code=error_code)
        return {"attempts": told([*self.job.document.attempts, ended])}

    def end(self, fields: dict[str, Any], also: Also | None = None) -> None:
        """Makes the final write; tries again for as long as the lease lasts, since all the work hangs on it.

        Args:
            fields: From `stoker.jobs.end`.
            also: Other documents to write in the same commit.

        Raises:
            JobCancelled: The owner has asked for that before the write arrived.
            LeaseLost: The job is no longer this attempt's.
        """
        document = self.job.document
        # By its token: after a retry by hand, another attempt has the same number.
        fields = {**fields, "endedBy": self._token}

        tell = ended_event(document.to_firestore(), fields)

        def everything(batch: WriteBatch) -> None:
            if self._limited:
                release(document.user_id, document.id)(batch)
            if also is not None:
                also(batch)
            tell(batch)

        passing = retry.if_exception_type(*TRANSIENT)
        again = retry.Retry(predicate=passing, initial=0.2, maximum=10, timeout=config.LEASE_SECONDS / 2)
        results = again(self._write)(fields, everything)
        if self._limited:
            self._wake_next(results)

    def _wake_next(self, results: Sequence[WriteResult]) -> None:
        try:
            wake_next(self.job.document.user_id, results)
        except Exception as error:
            # This job has ended all the same, and the sweeper wakes those that wait.
            JobLog(self.job.document.id).error(
                "The owner's next job could not be woken; the sweeper will do it.", error
            )

    def _write(self, fields: dict[str, Any], also: Also | None = None) -> Sequence[WriteResult]:
        """Returns Firestore's answers, or none where they were lost."""
        with self._lock:
            for _ in range(TRIES):
                try:
                    return self._fence.write(fields, also)
                except FenceBroken:
                    if self._written_already(fields, conditional=also is not None):
                        return []
        raise exceptions.Aborted("The job's document is written by others too often.")

    def _written_already(self, fields: dict[str, Any], conditional: bool) -> bool:
        """Finds out who wrote in between; returns False where the write may be tried again."""
        snapshot = self._fence.look()
        if not snapshot.exists:
            raise LeaseLost("The job was deleted while it ran.")
        now = snapshot.to_dict() or {}
        if now.get("status") != "processing" or now.get("lease") is None:
            # A commit whose answer was lost is sent again by the client, and then meets its own work.
            if "endedBy" in fields and now.get("endedBy") == fields["endedBy"]:
                return True
            raise LeaseLost("The job has ended without this attempt.")
        if now["lease"].get("token") != self._token:
            raise LeaseLost("Another attempt has taken the job over.")
        if conditional and snapshot.update_time == self._fence.update_time:
            raise WritesRefused(self._fence.reference.path)
        self._fence.accept(snapshot)
        if "lease.saved" in fields and now["lease"].get("saved") == fields["lease.saved"]:
            return True
        if now.get("cancelRequested") is True and fields.get("status") != "cancelled":
            raise JobCancelled(CANCELLED)
        return False


def lost(document: ProcessingJob) -> list[Attempt]:
    """A job's attempts, with the one that has gone silent, if it has."""
    if document.status != "processing" or document.lease is None:
        return document.attempts
    began = document.started_at or document.created_at
    silent = Attempt(
        number=document.attempt, started_at=began, ended_at=document.lease.expires_at, error_code=LeaseLost.code
    )
    return [*document.attempts, silent]


def told(attempts: list[Attempt]) -> list[dict[str, Any]]:
    """The last of a job's attempts, as its document tells them."""
    return [attempt.to_firestore() for attempt in attempts[-config.ATTEMPTS_TOLD :]]


def max_attempts(document: ProcessingJob) -> int:
    """How many attempts a job has."""
    return document.max_attempts or config.MAX_ATTEMPTS


def lease_end() -> datetime:
    """Until when an attempt that writes now is believed to be alive."""
    return datetime.now(UTC) + timedelta(seconds=config.LEASE_SECONDS)
