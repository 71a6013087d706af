"""Running a command inside the suite."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType


def run(command: Sequence[str], variables: Mapping[str, str], directory: Path | None = None) -> int:
    """Runs a command with the suite's variables, and returns what a shell would: its exit code, or 128 + its signal.

    Args:
        command: a program and its arguments.
        variables: by which the command finds the suite.
        directory: where to run it; by default, here.
    """
    try:
        process = subprocess.Popen(command, env={**os.environ, **variables}, cwd=directory)
    except OSError as error:
        print(f"{command[0]} can't be run: {error.strerror}.", file=sys.stderr)
        return 127 if isinstance(error, FileNotFoundError) else 126
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # The terminal's Ctrl-C has reached the command too, which may end in its own way; a second one ends us both.
        code = process.wait()
    return code if code >= 0 else 128 - code


def end_in_order() -> None:
    """Makes SIGTERM and SIGHUP end this program as an exception does: through every `finally`."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
