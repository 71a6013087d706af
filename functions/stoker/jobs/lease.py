"""Lease: an attempt's exclusive hold on a job. It is lost when a fenced write is refused."""

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
"""All the work hangs on the final write, so that its deadline alone ends the tries."""


class WritesRefused(Exception):
    """Another document of the commit is not as its write supposed: read it again. Nothing was changed."""


class Lease:
    """An attempt's exclusive hold on a job: everything that the attempt writes goes through here.

    Args:
        fence: The fence of the write by which the attempt has taken the job.
        job: The job as it was before that.
        state: The facts about the job as the attempt sees it.
        limited: Whether the job takes a place among its owner's running jobs.

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
        """This attempt's number, from 1."""
        return self.state.attempt

    @property
    def name(self) -> str:
        """The attempt's own name."""
        return self.state.attempt_name

    def as_claimed(self) -> ProcessingJob:
        """Return the document as the attempt has changed it."""
        changes = {"started_at": self.state.attempt_began, "attempt": self.attempt}
        return self.job.document.model_copy(update=changes)

    def report(self, progress: float, stage: str, eta_seconds: int | None = None) -> None:
        """Write how far the attempt is, and keep the lease alive.

        Args:
            progress: Percent.
            stage: The work that the attempt is doing.
            eta_seconds: Seconds that it will still take, if that is known.

        Raises:
            JobCancelled: The owner wants the job to stop. A final write may follow.
            LeaseLost: The job is no longer this attempt's. No write will succeed any more.
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
        """Write how far the work is, for the attempt that may have to go on from here.

        Args:
            checkpoint: In the worker's own terms.
            extra: Writes of other documents in the same commit. Whatever crashes, they are written once.
            end_hook: Whether the end hook of the job's type must run after the job's end, from this write on.
            output: The figures so far, of a run of items that have failed.

        Raises:
            JobCancelled, LeaseLost: As `report`.
            WritesRefused: A condition of the other writes does not hold.
        """
        event = CheckpointSaved(checkpoint, store().host.token(), end_hook, output)
        self._write(decide(self.state, event, store().host.now()).fields, extra)
        if end_hook:
            self.state = replace(self.state, end_hook_due=True)

    def end(self, event: AttemptEnd, extra: ExtraWrites = ()) -> tuple[Transition, Written | None]:
        """Make the final write; try again for as long as the lease lasts, since all the work hangs on it.

        Args:
            event: The way in which the attempt ends.
            extra: Writes of other documents in the same commit.

        Returns:
            The transition, and the answer to the write that gives the job's place back; None if there is none, or if
            it was lost.

        Raises:
            JobCancelled: The owner has asked for that before the write arrived.
            LeaseLost: The job is no longer this attempt's.
            WritesRefused: A condition of the other writes does not hold.
        """
        transition = decide(self.state, event, store().host.now())
        writes = writes_of(self.state, transition, limited=self.limited)
        answers = self._write(transition.fields, [*writes, *extra], final=True)
        gives_back = self.limited and transition.release is not None
        return transition, answers[1] if answers and gives_back else None

    def _write(self, fields: Fields, extra: ExtraWrites = (), *, final: bool = False) -> list[Written]:
        """Write; return the answers, or none if they were lost."""
        refused = False

        def write() -> list[Written]:
            nonlocal refused
            # Looked at just before the write, so that others have as little time as possible to write in between.
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
                # The lease, which the last write has renewed, outlasts this.
                seconds=config.LEASE_SECONDS / 2,
                through_outages=final,
                host=store().host,
            )

    def _is_written(self, fields: Fields, found: StoredDocument | None, *, conditional: bool) -> bool:
        """Find out who has written the document; return False if the write may be tried again."""
        if found is None:
            raise LeaseLost("The job was deleted while it ran.")
        now = found.data
        if now.get("status") != "processing" or now.get("lease") is None:
            # A commit whose answer was lost is sent again by the client, and then meets its own work.
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
            return True  # If the owner has asked for the end since, the next write is refused and finds that.
        self._fence.accept(found)
        if cancelled:
            raise JobCancelled(CANCELLED)
        return False
