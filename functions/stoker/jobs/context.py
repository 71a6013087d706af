"""The context of a worker: its job, its folder, and the time that it has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from stoker import config, registry
from stoker.errors import DeadlineExceeded, NearlyDone, StokerError, TimeIsUp
from stoker.firestore.writes import ExtraWrites
from stoker.jobs.lease import Lease
from stoker.jobs.progress import Heartbeat
from stoker.jobs.store import store
from stoker.jobs.turns import Turn
from stoker.logs import JobLog
from stoker.models.job import BatchOutput, Stage
from stoker.storage.outputs import AttemptOutputs, EarlierOutput, earlier_outputs
from stoker.storage.sources import download

NEARLY_PERCENT = 85.0
"""The progress from which the work counts as nearly done when the time is up, in percent. The instance or the download
may have been slow, so another attempt is worth its price. Work that is too slow in itself fails in that attempt."""


class JobContext:
    """One attempt at a job, as its worker sees it.

    Attributes:
        id: The job's id.
        user_id: The owner.
        owner_is_gone: Whether the job deletes the data of an owner without an account.
        workspace: An empty folder for this attempt. It is always removed after the attempt.
        outputs: The uploads of this attempt.
        checkpoint: The last checkpoint of the earlier attempts; empty if there is none.
        earlier_result: The result of an earlier run, if only the failed items of that run are to be run again. None in
            a first run.
        deadline: The `time.monotonic()` at which the attempt must have ended, in seconds.
        log: The job's log, whose lines carry the job's id and the attempt.
    """

    def __init__(
        self, lease: Lease, outputs: AttemptOutputs, heartbeat: Heartbeat, workspace: Path, log: JobLog
    ) -> None:
        document = lease.job.document
        self.id = document.id
        self.user_id = document.user_id
        self.owner_is_gone = document.owner_is_gone
        self.workspace = workspace
        self.outputs = outputs
        self.checkpoint = dict(document.checkpoint)
        self.earlier_result = document.output if isinstance(document.output, BatchOutput) else None
        self.deadline = store().host.monotonic() + config.ATTEMPT_SECONDS - config.DEADLINE_MARGIN_SECONDS
        self.log = log
        self._lease = lease
        self._heartbeat = heartbeat
        self._progress = 0.0
        self._saved = False
        self._turn = Turn(document.type, lease.state.queue.at_once)
        self._stages = registry.job_types()[document.type].stages

    def report(self, progress: float, stage: Stage) -> None:
        """Report the progress of the work to the user. This is cheap, so call it often.

        Args:
            progress: The progress of the whole job, in percent.
            stage: The work that the attempt is doing.

        Raises:
            ValueError: The entry of the job's type does not name this stage.
            Interrupted, DeadlineExceeded, NearlyDone: As `check`.
        """
        if stage not in self._stages:
            raise ValueError(
                f"The stage {stage!r} is none of {', '.join(self._stages)}. Add it to the type's entry in the registry."
            )
        self._progress = progress
        self._heartbeat.report(progress, stage)
        self.check()

    def download(self, path: str, into: str, most: int, on_share: Callable[[float], None]) -> Path:
        """Copy a file that the job's owner may read into the workspace.

        Args:
            path: The name of the object in the default bucket.
            into: The name of the copy.
            most: The most bytes that the object may have.
            on_share: A function that is called after each part, with the share that has arrived, from 0 to 1. It should
                call `report` or `check`.

        Raises:
            InputForbidden: The owner may not read the object.
            InputNotFound: There is no such object.
            InputEmpty: The object has no bytes.
            InputTooLarge: The object has more than `most` bytes.
            Unavailable: The download broke off.
        """
        file = self.workspace / into
        download(path, self.user_id, file, lambda arrived, size: on_share(arrived / size), most)
        return file

    def earlier_outputs(self) -> dict[str, EarlierOutput]:
        """Return the objects that earlier attempts have uploaded completely, by recipe.

        An object that the job's result names is kept. All others are removed after the job's end.
        """
        if self._lease.job.document.started_at is None:
            return {}
        return earlier_outputs(self.user_id, self.id)

    def save(
        self,
        checkpoint: dict[str, Any],
        extra: ExtraWrites = (),
        *,
        end_hook: bool = False,
        output: BatchOutput | None = None,
    ) -> None:
        """Write a checkpoint, and other documents in the same commit.

        Either all of it is written, and exactly once, or nothing is, also after a crash.

        Args:
            checkpoint: The place from which the next attempt would go on. It must differ from the checkpoint before,
                and have at most some 100 KB.
            extra: Writes of other documents, such as `Update("tasks/spring", {"status": "completed"})`. At most 500.
            end_hook: Whether the end hook of the job's type must run after the job's end, also if the job ends without
                its worker. Ask for it before you change something that must not stay, such as a lock.
            output: The output so far, if the job runs failed items again. It becomes the job's output at once. So it
                stays if the run ends early, and the next run goes on from it.

        Raises:
            JobCancelled, LeaseLost: As `check`. Nothing was written.
            WritesRefused: A condition of the other writes does not hold. Nothing was written. Read the documents again.
        """
        self._lease.save(checkpoint, extra, end_hook=end_hook, output=output)
        self.checkpoint = checkpoint
        self._saved = True

    def check(self) -> None:
        """Raise an error if the work must stop. Call this in every loop.

        Raises:
            JobCancelled: The owner has cancelled the job.
            LeaseLost: Another attempt has taken the job.
            HandedBack: The platform stops the instance.
            TimeIsUp: The attempt's time is up, or other jobs wait for the place. The next attempt goes on from the last
                checkpoint.
            NearlyDone: The attempt's time is up, and the next attempt may be faster.
            DeadlineExceeded: The attempt's time is up.
        """
        self._heartbeat.check()
        if store().host.monotonic() > self.deadline:
            raise self._out_of_time()
        if self._saved and self._turn.is_over():
            raise TimeIsUp("Other jobs wait. The job goes on in another attempt.")

    def _out_of_time(self) -> StokerError:
        minutes = (config.ATTEMPT_SECONDS - config.DEADLINE_MARGIN_SECONDS) // 60
        if self._saved:
            return TimeIsUp("The job goes on in another attempt.")
        missed_before = any(
            attempt.error_code == DeadlineExceeded.code for attempt in self._lease.job.document.attempts
        )
        if self._progress >= NEARLY_PERCENT and not missed_before:
            return NearlyDone(f"The work was not quite done after {minutes} minutes.")
        return DeadlineExceeded(
            f"After {minutes} minutes, the longest time that the work may take, {self._progress:.0f} % was done. So "
            f"{_fitting(self._progress)} would fit. Ask for a shorter part, or for fewer or smaller outputs."
        )


def _fitting(progress: float) -> str:
    """Return the part of the work that fits the time of an attempt, rounded down with a margin of 5 %.

    Args:
        progress: The part that was done when the time was up, in percent.

    Example:
        >>> _fitting(47.5), _fitting(3.0)
        ('about 40 % of it', 'less than a tenth of it')
    """
    tenths = int(progress * 0.95 // 10)
    return f"about {tenths * 10} % of it" if tenths else "less than a tenth of it"
