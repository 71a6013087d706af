"""A directory that is installed into, and the stamp that says from which inputs.

The stamp is the hash of the inputs. It is removed first, and written last. A directory without the right stamp is
removed and made again. So an interrupted installation or removal is repaired by the next run.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stoker_tools.errors import ToolError
from stoker_tools.setup.installers import Installers

STAMP = ".stoker-stamp"
QUIET = {"CI": "1", "NO_UPDATE_NOTIFIER": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""Variables that keep installers from asking questions and from advertising new versions."""


class SetupError(ToolError):
    """Something is missing on this machine, or could not be installed. The message says what to do."""


@dataclass(frozen=True)
class Way:
    """One way to make a place.

    Attributes:
        tool: The name of the installer, for messages.
        commands: The commands, in order. Each runs in the parent directory of the place.
    """

    tool: str
    commands: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Place:
    """A directory that is installed into.

    Attributes:
        path: The directory.
        inputs: All texts that its contents depend on.
        ways: The ways to make it. Each is tried only after the ways before it have failed.
        helper: A place that the first way needs. It is made first. Its failure is reported, and is not fatal.
    """

    path: Path
    inputs: Sequence[str]
    ways: Sequence[Way]
    helper: "Place | None" = None

    @property
    def name(self) -> str:
        """The name for messages, such as `.venv` or `functions/venv`."""
        return f"{self.path.parent.name}/{self.path.name}" if self.path.name == "venv" else self.path.name

    @property
    def digest(self) -> str:
        """The hash of the inputs, which is the text of the stamp."""
        return hashlib.sha256("\0".join(self.inputs).encode()).hexdigest()

    def is_current(self) -> bool:
        """Return whether the place was made from these inputs and still works."""
        try:
            stamp = (self.path / STAMP).read_text()
        except OSError:
            return False
        # A virtual environment links to its interpreter, and an upgrade of the system may remove that.
        python = self.path / "bin" / "python"
        return stamp == self.digest and (os.access(python, os.X_OK) or not python.is_symlink())

    def make(self, installers: Installers, lock: int) -> None:
        """Remove the directory and make it again.

        Args:
            installers: They run the commands.
            lock: A file descriptor that the installers inherit. If this process is killed, the lock is held until they
                have ended, and the next run waits for that.

        Raises:
            SetupError: No way worked. The message holds the output of the last one.
            Interruption: A signal has interrupted an installer. The next way is not tried.
        """
        way, *others = self.ways
        for other in others:
            try:
                return self._follow(way, installers, lock)
            except SetupError as error:
                reason = str(error).splitlines()[-1]
                say(f"preparing: {self.name}: {way.tool} failed ({reason}). {other.tool} is used instead.")
            way = other
        return self._follow(way, installers, lock)

    def _follow(self, way: Way, installers: Installers, lock: int) -> None:
        if self.path.is_symlink():
            self.path.unlink()
        elif self.path.exists():
            (self.path / STAMP).unlink(missing_ok=True)
            shutil.rmtree(self.path)
        for command in way.commands:
            done = installers.run(command, cwd=self.path.parent, environment=os.environ | QUIET, lock=lock)
            if done.returncode != 0:
                tail = "\n".join(done.stdout.strip().splitlines()[-15:])
                raise SetupError(f"{self.name} could not be installed. The output of `{' '.join(command)}`:\n{tail}")
        (self.path / STAMP).write_text(self.digest)


def say(line: str) -> None:
    """Print a line to standard error at once."""
    print(line, file=sys.stderr, flush=True)
