"""Running a command inside a suite."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType


def run(command: Sequence[str], variables: Mapping[str, str], directory: Path | None = None) -> int:
    """Run a command; return its exit code as a shell would: after a signal, 128 + the number of the signal.

    Args:
        command: A program and its arguments.
        variables: The variables by which the command finds the suite.
        directory: The directory to run it in; by default, the current one.
    """
    try:
        process = subprocess.Popen(command, env={**os.environ, **variables}, cwd=directory)
    except OSError as error:
        print(f"{command[0]} can't be run: {error.strerror}.", file=sys.stderr)
        return 127 if isinstance(error, FileNotFoundError) else 126
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # Ctrl-C in a terminal reaches the command too. The command ends in its own time; a second Ctrl-C ends both.
        code = process.wait()
    return code if code >= 0 else 128 - code


def end_in_order() -> None:
    """Make SIGTERM and SIGHUP end this program as an exception does, so that every `finally` runs."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
