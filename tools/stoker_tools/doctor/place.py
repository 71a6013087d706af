"""The place that is looked at: a project of Google, or the emulator suite."""

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
    """

    project: str
    region: str
    now: datetime
    is_suite: bool = False

    @property
    def option(self) -> str:
        """The option by which a command of `scripts/` finds the place."""
        return "--emulator" if self.is_suite else f"--project {self.project}"

    @property
    def deploy(self) -> str:
        """The command that deploys everything to the place."""
        return "Start scripts/emulators again." if self.is_suite else f"scripts/deploy {self.option}"

    def log_of(self, function: str) -> str:
        """Return the command that shows the log of a function."""
        if self.is_suite:
            return "Read the output of scripts/emulators."
        return f"gcloud functions logs read {function} --gen2 --region={self.region} --project={self.project}"


@dataclass(frozen=True)
class DeployedFunction:
    """A function that is deployed.

    Attributes:
        name: Its name.
        region: Its region.
        state: Its state in Cloud Functions, such as `ACTIVE`.
        codebase: The codebase that it was deployed with.
        source_hash: The hash that the CLI gave to its source and parameters; empty if it is not known.
        account: The address of its service account; empty if it is not known.
        service: The full name of its service of Cloud Run; empty if it is not known.
    """

    name: str
    region: str
    state: str = "ACTIVE"
    codebase: str = ""
    source_hash: str = ""
    account: str = ""
    service: str = ""
