"""A machine without a checkout: the wheel of the tools is all that is installed."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 250
"""The longest time of a command, in seconds. Some install packages."""

HIDDEN = ("PYTHONPATH", "STOKER_PYTHON", "STOKER_SUITE_FILE", "GCLOUD_PROJECT", "FIREBASE_CONFIG")
"""The variables that lead a process to a checkout or to a suite."""

ENDINGS = ("_EMULATOR", "_EMULATOR_HOST", "_EMULATOR_HUB", "_EMULATOR_ADDRESS", "_TMPDIR")
"""The ends of the names of further variables of a suite."""


def plain() -> dict[str, str]:
    """Return the variables of a process that finds no checkout and no suite by them."""
    return {name: value for name, value in os.environ.items() if name not in HIDDEN and not name.endswith(ENDINGS)}


@dataclass(frozen=True)
class Machine:
    """A machine with an app.

    Attributes:
        stoker: The command.
        app: The folder of the app.
        home: The folder of what the command installs.
    """

    stoker: Path
    app: Path
    home: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables of the command."""
        return plain() | {"STOKER_HOME": str(self.home)}

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run the command in the folder of the app; return its output.

        Args:
            arguments: The command line.
            code: The exit code that it must have.
        """
        done = self._run(arguments, subprocess.STDOUT)
        assert done.returncode == code, done.stdout
        return done.stdout

    def read(self, *arguments: str) -> Any:
        """Run the command with `--json`; return what it prints.

        Args:
            arguments: The command line without `--json`.
        """
        done = self._run((*arguments, "--json"), subprocess.PIPE)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def _run(self, arguments: Sequence[str], errors: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.stoker), *arguments],
            cwd=self.app,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            timeout=SECONDS,
            check=False,
        )
