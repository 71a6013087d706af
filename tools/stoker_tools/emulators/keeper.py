"""The parent's side of the guardian: see `guardian.py`."""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stoker_tools.emulators import guardian

GUARDIAN_SECONDS = 30.0
"""The longest wait for the guardian to end all processes. It takes well under a second."""


class Keeper:
    """A running guardian, with the directory that it has made for the suite."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._exit_code: int | None = None
        self._log = ""
        self.directory = Path(self._read()["directory"])

    def start(self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], log: Path) -> None:
        """Start the Firebase CLI. A CLI that was started before is ended first."""
        self._exit_code, self._log = None, str(log)
        request = {"command": command, "cwd": str(cwd), "environment": dict(environment), "log": str(log)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def exit_code(self, seconds: float = 0.0) -> int | None:
        """Return the exit code of the CLI, or None if it still runs after some seconds."""
        assert self._process.stdout is not None
        if self._exit_code is None and select.select([self._process.stdout], [], [], seconds)[0]:
            message = self._read()
            # The CLI that was started before may have ended just before this start. Its exit code is of no use.
            if message.get("log", self._log) == self._log:
                self._exit_code = message["exited"]
        return self._exit_code

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return {"exited": -9}  # The guardian itself was killed.
        message: dict[str, Any] = json.loads(line)
        return message


@contextlib.contextmanager
def guarded(marker: str) -> Iterator[Keeper]:
    """Yield a guardian for a suite. At the end of the block, no process and no file of the suite is left.

    Args:
        marker: The value of the variable STOKER_SUITE in all processes of the suite.
    """
    environment = {name: value for name, value in os.environ.items() if name != guardian.MARKER}
    process = subprocess.Popen(
        [sys.executable, "-P", guardian.__file__],
        env=environment | {guardian.GUARDIAN: marker},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal ends the parent, which ends the guardian.
    )
    assert process.stdin is not None
    assert process.stdout is not None
    keeper = Keeper(process)
    try:
        yield keeper
    finally:
        with contextlib.suppress(BrokenPipeError):  # The guardian was killed.
            process.stdin.close()
        process.wait(GUARDIAN_SECONDS)
        process.stdout.close()
        if process.returncode != 0:  # The guardian was killed: end the processes that carry the mark.
            guardian.end(marker)
            shutil.rmtree(keeper.directory, ignore_errors=True)
