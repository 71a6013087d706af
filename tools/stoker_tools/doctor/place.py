"""The place that is looked at: a project of Google, or the emulator suite."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Place:
    """A project or a suite.

    Attributes:
        project: The project's id.
        region: The region of its functions.
        now: The time, in UTC.
        is_suite: Whether this is the emulator suite.
        database: The id of the Firestore database.
    """

    project: str
    region: str
    now: datetime
    is_suite: bool = False
    database: str = "(default)"

    @property
    def option(self) -> str:
        """The option by which a command of `scripts/` finds the place."""
        return "--emulator" if self.is_suite else f"--project {self.project}"

    @property
    def deploy(self) -> str:
        """The command that deploys everything to the place."""
        return "Start scripts/emulators again." if self.is_suite else f"scripts/deploy {self.option}"

    def deploy_again(self, codebase: str, functions: Iterable[str]) -> str:
        """Return the command that deploys functions although they did not change, with their queues and schedules.

        Args:
            codebase: Their codebase.
            functions: Their names.
        """
        if self.is_suite:
            return self.deploy
        # Without their names, the CLI skips functions that did not change. See its `release/planner.js`.
        named = ",".join(f"functions:{codebase}:{name}" for name in functions)
        return f"npx firebase-tools deploy --only {named} --project {self.project}"

    def log_of(self, function: str) -> str:
        """Return the command that shows the log of a function."""
        if self.is_suite:
            return "Read the output of scripts/emulators."
        return f"gcloud functions logs read {function} --gen2 --region={self.region} --project={self.project}"
