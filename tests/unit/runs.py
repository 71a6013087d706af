"""A run of a worker without a job, for tests of the work alone."""

from pathlib import Path

from stoker.logs import JobLog


class Run:
    """A run of a worker that reports to nobody and is never stopped."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.log = JobLog("test")

    def report(self, progress: float, stage: str) -> None:
        """Take a report, and ignore it."""

    def check(self) -> None:
        """Never stop the work."""
