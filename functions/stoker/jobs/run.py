"""What a worker sees of its job."""

import time
from pathlib import Path

from stoker import config
from stoker.errors import DeadlineExceeded
from stoker.jobs.reporter import Reporter
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob, Stage
from stoker.storage.outputs import AttemptOutputs


class JobRun:
    """One attempt at a job, as its worker sees it.

    Attributes:
        id: The job's id.
        user_id: The owner.
        workspace: An empty folder of the attempt's own; it is removed after the attempt, whatever happens.
        outputs: Where to upload what the attempt makes.
        deadline: The `time.monotonic()` at which the attempt must have ended.
        log: Writes lines that carry the job's id and the attempt.
    """

    def __init__(
        self, document: ProcessingJob, outputs: AttemptOutputs, reporter: Reporter, workspace: Path, log: JobLog
    ) -> None:
        self.id = document.id
        self.user_id = document.user_id
        self.workspace = workspace
        self.outputs = outputs
        self.deadline = time.monotonic() + config.TASK_SECONDS - config.DEADLINE_MARGIN_SECONDS
        self.log = log
        self._reporter = reporter

    def report(self, progress: float, stage: Stage) -> None:
        """Tells the user how far the work is; cheap, so call it as often as there is news.

        Args:
            progress: Percent of the whole job.
            stage: What the attempt is doing.

        Raises:
            Interrupted, DeadlineExceeded: As `check`.
        """
        self._reporter.report(progress, stage)
        self.check()

    def check(self) -> None:
        """Call it in every loop: it raises where the work must stop.

        Raises:
            JobCancelled: The owner wants the job to stop.
            LeaseLost: Another attempt has taken the job over.
            HandedBack: The platform takes the instance away.
            DeadlineExceeded: The platform's time is up.
        """
        self._reporter.check()
        if time.monotonic() > self.deadline:
            minutes = config.TASK_SECONDS // 60
            raise DeadlineExceeded(
                f"The work does not fit the {minutes} minutes that it may take. Ask for fewer or smaller outputs, "
                "or for a shorter part."
            )
