"""A run of a worker without a job, for tests of the work alone."""

from pathlib import Path

from stoker.logs import JobLog


class Run:
    """A run that nobody watches."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.log = JobLog("test")

    def report(self, progress: float, stage: str) -> None:
        """Takes a report."""

    def check(self) -> None:
        """Never stops the work."""
