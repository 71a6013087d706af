"""This side of the guardian: see `guardian.py`."""

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

SECONDS = 30.0  # for the guardian to end everything; it takes well under one


class Keeper:
    """A guardian that stands by, with the directory that it has made for the suite."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._exit_code: int | None = None
        self.directory = Path(self._read()["directory"])

    def start(self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], log: Path) -> None:
        """Starts the Firebase CLI, after ending the one started before, if any."""
        self._exit_code = None
        request = {"command": command, "cwd": str(cwd), "environment": dict(environment), "log": str(log)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def exit_code(self, seconds: float = 0.0) -> int | None:
        """The exit code of the CLI, if it has ended by itself, waiting for that for some seconds at most."""
        assert self._process.stdout is not None
        if self._exit_code is None and select.select([self._process.stdout], [], [], seconds)[0]:
            self._exit_code = self._read()["exited"]
        return self._exit_code

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return {"exited": -9}  # the guardian itself was killed
        message: dict[str, Any] = json.loads(line)
        return message


@contextlib.contextmanager
def guarded(marker: str) -> Iterator[Keeper]:
    """A guardian for a suite; at the end of the block, nothing of the suite is left.

    Args:
        marker: the value of the variable STOKER_SUITE in everything that the block starts for the suite.
    """
    environment = {name: value for name, value in os.environ.items() if name != guardian.MARKER}
    process = subprocess.Popen(
        [sys.executable, "-P", guardian.__file__],
        env=environment | {guardian.GUARDIAN: marker},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C in the terminal is meant for us, and we tell the guardian by ending
    )
    assert process.stdin is not None
    assert process.stdout is not None
    keeper = Keeper(process)
    try:
        yield keeper
    finally:
        with contextlib.suppress(BrokenPipeError):  # it was killed
            process.stdin.close()
        process.wait(SECONDS)
        process.stdout.close()
        if process.returncode != 0:  # it was killed: we do what it would have done, as far as marks show
            guardian.end(marker)
            shutil.rmtree(keeper.directory, ignore_errors=True)
