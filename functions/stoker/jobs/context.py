"""The context in which a worker does its work: its job, its folder, its time."""

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

NEARLY_PERCENT = 85.0
"""An attempt that was so far when its time was up may have had a slow instance or a slow download: one more is worth
its price. What is slower than that by its nature fails only later."""


class JobContext:
    """One attempt at a job, as its worker sees it.

    Attributes:
        id: The job's id.
        user_id: The owner.
        owner_is_gone: Whether the job deletes what is left of an owner without an account.
        workspace: An empty folder of the attempt's own; it is removed after the attempt, whatever happens.
        outputs: Where to upload what the attempt makes.
        checkpoint: What the attempts before this one have saved last; empty at first.
        earlier_result: The result of an earlier run, if its items that failed are to be run again, and no others. None
            in a first run.
        deadline: The `time.monotonic()` at which the attempt must have ended.
        log: Writes lines that carry the job's id and the attempt.
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
        self.deadline = store().host.monotonic() + config.TASK_SECONDS - config.DEADLINE_MARGIN_SECONDS
        self.log = log
        self._lease = lease
        self._heartbeat = heartbeat
        self._progress = 0.0
        self._saved = False
        self._turn = Turn(document.type, lease.state.queue.at_once)
        self._stages = registry.job_types()[document.type].stages

    def report(self, progress: float, stage: Stage) -> None:
        """Tells the user how far the work is; cheap, so call it as often as there is news.

        Args:
            progress: Percent of the whole job.
            stage: What the attempt is doing.

        Raises:
            ValueError: The entry of the job's type does not name this stage.
            Interrupted, DeadlineExceeded, NearlyDone: As `check`.
        """
        if stage not in self._stages:
            raise ValueError(f"The stage {stage!r} is none of {', '.join(self._stages)}. Add it to the type's entry.")
        self._progress = progress
        self._heartbeat.report(progress, stage)
        self.check()

    def earlier_outputs(self) -> dict[str, EarlierOutput]:
        """Return the objects that earlier attempts have uploaded whole, by recipe. The result keeps those it names."""
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
        """Write a checkpoint, and documents in the same commit: all of it once, or nothing, whatever crashes.

        Args:
            checkpoint: The place from which the next attempt would go on; each differs from the checkpoint before. At
                most some 100 KB.
            extra: Writes of other documents, such as `Update("tasks/spring", {"status": "completed"})`. At most 500.
            end_hook: Whether the end hook of the job's type must run after the job's end, whoever ends it. Ask for it
                before you change something that must not stay so, such as a lock.
            output: The figures so far, of a run of items that have failed. They become the job's output at once, so
                that they stay if the run ends early, and the next run goes on from there.

        Raises:
            JobCancelled, LeaseLost: As `check`; nothing was written.
            WritesRefused: A document is not as its write supposed; nothing was written. Read the documents again.
        """
        self._lease.save(checkpoint, extra, end_hook=end_hook, output=output)
        self.checkpoint = checkpoint
        self._saved = True

    def check(self) -> None:
        """Call it in every loop: it raises where the work must stop.

        Raises:
            JobCancelled: The owner wants the job to stop.
            LeaseLost: Another attempt has taken the job over.
            HandedBack: The platform takes the instance away.
            TimeIsUp: The platform's time is up, or other jobs wait for the place. The next attempt goes on from what
                this one has saved.
            NearlyDone: The platform's time is up, and the next attempt may be quicker.
            DeadlineExceeded: The platform's time is up.
        """
        self._heartbeat.check()
        if store().host.monotonic() > self.deadline:
            raise self._out_of_time()
        if self._saved and self._turn.is_over():
            raise TimeIsUp("Other jobs wait. The job goes on in another attempt.")

    def _out_of_time(self) -> StokerError:
        minutes = (config.TASK_SECONDS - config.DEADLINE_MARGIN_SECONDS) // 60
        if self._saved:
            return TimeIsUp("The job goes on in another attempt.")
        missed_before = any(
            attempt.error_code == DeadlineExceeded.code for attempt in self._lease.job.document.attempts
        )
        if self._progress >= NEARLY_PERCENT and not missed_before:
            return NearlyDone(f"The work was not quite done in {minutes} minutes.")
        return DeadlineExceeded(
            f"The work came to {self._progress:.0f} % in the {minutes} minutes that it may take. What would fit is "
            f"{_fitting(self._progress)}: ask for a shorter part, or for fewer or smaller outputs."
        )


def _fitting(progress: float) -> str:
    """How much of the work fits the time, carefully rounded.

    Example:
        >>> _fitting(47.5), _fitting(3.0)
        ('about 40 % of it', 'less than a tenth of it')
    """
    tenths = int(progress * 0.95 // 10)
    return f"about {tenths * 10} % of it" if tenths else "less than a tenth of it"
