"""The lease: an attempt's exclusive hold on a job. It is lost when a fenced write is refused."""

from dataclasses import replace
from typing import Any

from stoker import config
from stoker.errors import JobCancelled, LeaseLost
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.optimistic import TRIES, until_written
from stoker.firestore.writes import ExtraWrites, Written
from stoker.jobs.commit import writes_of
from stoker.jobs.events import AttemptEnd, CheckpointSaved, Progressed
from stoker.jobs.fields import CANCELLED, Fields
from stoker.jobs.job import Job
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.transitions import Transition, decide
from stoker.models.job import BatchOutput, ProcessingJob

FINAL_TRIES = 1000
"""The most conflicts of the final write. All the work depends on this write, so in practice only its deadline ends the
tries."""


class WritesRefused(Exception):
    """The refusal of a commit because another of its documents has changed.

    Nothing was written. Read that document again.
    """


class Lease:
    """An attempt's exclusive hold on a job. Every write of the attempt to the job goes through the lease.

    Args:
        fence: The fence of the write by which the attempt has taken the job.
        job: The job as it was before the attempt took it.
        state: The facts about the job as the attempt sees it.
        limited: Whether the job holds a place among its owner's running jobs.

    Attributes:
        job: The job as it was before the attempt took it.
        state: The facts about the job as the attempt sees it.
        limited: Whether the attempt's end gives a place back.
    """

    def __init__(self, fence: Fence, job: Job, state: JobState, *, limited: bool) -> None:
        self.job = job
        self.state = state
        self.limited = limited
        self._fence = fence
        # The heartbeat's thread writes too, and each write needs the time of the write before it.
        self._lock = store().host.lock()

    @property
    def attempt(self) -> int:
        """The number of the attempt, from 1."""
        return self.state.attempt

    @property
    def name(self) -> str:
        """The unique name of the attempt."""
        return self.state.attempt_name

    def as_leased(self) -> ProcessingJob:
        """Return the document as it is after the attempt has taken the job."""
        changes = {"started_at": self.state.attempt_began, "attempt": self.attempt}
        return self.job.document.model_copy(update=changes)

    def report(self, progress: float, stage: str, eta_seconds: int | None = None) -> None:
        """Write the progress of the attempt, and renew the lease.

        Args:
            progress: The progress of the whole job, in percent.
            stage: The work that the attempt is doing.
            eta_seconds: Seconds that the attempt will still take; None if that is not known.

        Raises:
            JobCancelled: The owner has cancelled the job. The final write can still be made.
            LeaseLost: The attempt no longer holds the job. No write of the attempt can succeed any more.
        """
        self._write(decide(self.state, Progressed(progress, stage, eta_seconds), store().host.now()).fields)

    def save(
        self,
        checkpoint: dict[str, Any],
        extra: ExtraWrites = (),
        *,
        end_hook: bool = False,
        output: BatchOutput | None = None,
    ) -> None:
        """Write a checkpoint, from which a later attempt can go on.

        Args:
            checkpoint: The place in the work, as the worker stores it.
            extra: Writes of other documents in the same commit. They are written exactly once, also after a crash.
            end_hook: Whether the end hook of the job's type must run after the job's end, from this write on.
            output: The output so far, if the job runs failed items again.

        Raises:
            JobCancelled, LeaseLost: As `report`.
            WritesRefused: A condition of the other writes does not hold.
        """
        event = CheckpointSaved(checkpoint, store().host.token(), end_hook, output)
        self._write(decide(self.state, event, store().host.now()).fields, extra)
        if end_hook:
            self.state = replace(self.state, end_hook_due=True)

    def end(self, event: AttemptEnd, extra: ExtraWrites = ()) -> tuple[Transition, Written | None]:
        """Make the final write. Try again while the lease lasts, because all the work depends on this write.

        Args:
            event: The way in which the attempt ends.
            extra: Writes of other documents in the same commit.

        Returns:
            The transition, and the answer to the write that gives the job's place back. The answer is None if there is
            no such write, or if the answer was lost.

        Raises:
            JobCancelled: The owner has cancelled the job before the write arrived.
            LeaseLost: The attempt no longer holds the job.
            WritesRefused: A condition of the other writes does not hold.
        """
        transition = decide(self.state, event, store().host.now())
        writes = writes_of(self.state, transition, limited=self.limited)
        answers = self._write(transition.fields, [*writes, *extra], final=True)
        gives_back = self.limited and transition.release is not None
        return transition, answers[1] if answers and gives_back else None

    def _write(self, fields: Fields, extra: ExtraWrites = (), *, final: bool = False) -> list[Written]:
        """Make a fenced write. Return the answers, or an empty list if they were lost."""
        refused = False

        def write() -> list[Written]:
            nonlocal refused
            # The read comes just before the write, so that others have little time to write in between.
            if refused and self._is_written(fields, self._fence.look(), conditional=bool(extra)):
                return []
            refused = False
            try:
                return self._fence.write(fields, extra)
            except Conflict:
                refused = True
                raise

        with self._lock:
            return until_written(
                write,
                tries=FINAL_TRIES if final else TRIES,
                # The last write has renewed the lease, so the lease lasts longer than these tries.
                seconds=config.LEASE_SECONDS / 2,
                through_outages=final,
                host=store().host,
            )

    def _is_written(self, fields: Fields, found: StoredDocument | None, *, conditional: bool) -> bool:
        """Find out who wrote the document after this attempt: the owner, another attempt, or this very write.

        Args:
            fields: The fields of the refused write.
            found: The document as it is now; None if it is gone.
            conditional: Whether the commit has writes of other documents.

        Returns:
            Whether the write has arrived. If not, it may be tried again.

        Raises:
            JobCancelled, LeaseLost, WritesRefused: As `end`.
        """
        if found is None:
            raise LeaseLost("The job was deleted while it ran.")
        now = found.data
        if now.get("status") != "processing" or now.get("lease") is None:
            # The client library sends a commit again if its answer was lost. The second commit is then refused because
            # of the first.
            if "endedBy" in fields and now.get("endedBy") == fields["endedBy"]:
                return True
            raise LeaseLost("The job has ended without this attempt.")
        if now["lease"].get("token") != self.state.lease_token:
            raise LeaseLost("Another attempt has taken the job over.")
        if conditional and found.update_time == self._fence.update_time:
            raise WritesRefused(self._fence.path)
        cancelled = now.get("cancelRequested") is True and fields.get("status") != "cancelled"
        if "lease.saved" in fields and now["lease"].get("saved") == fields["lease.saved"]:
            if not cancelled:
                self._fence.accept(found)
            return True  # If the owner has cancelled the job since, the next write is refused and finds that.
        self._fence.accept(found)
        if cancelled:
            raise JobCancelled(CANCELLED)
        return False
