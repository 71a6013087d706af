"""The installers that run, such as npm and uv. None outlives the command that has started it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from stoker_tools.errors import ToolError

LEADER = Path(__file__).with_name("leader.py")

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that interrupt a command."""

GRACE_SECONDS = 5.0
"""The time that an installer has to end after SIGTERM. Then it is killed."""


class Interruption(ToolError):
    """A signal has interrupted the command. Its exit code is 128 + the number of the signal.

    Args:
        number: The number of the signal.
        message: A sentence for the user.
    """

    def __init__(self, number: int, message: str = "Interrupted.") -> None:
        super().__init__(message, 128 + number)
        self.number = number


class Installers:
    """The installers of a command. Several threads may run one each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipes: set[int] = set()
        self._ended_by = 0

    def run(
        self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], lock: int = -1
    ) -> subprocess.CompletedProcess[str]:
        """Run an installer to its end, without input; return its exit code, and its output with its errors.

        Args:
            command: A program and its arguments.
            cwd: The directory that it runs in.
            environment: All variables of the process.
            lock: A file descriptor that it inherits; none if it is negative.

        Raises:
            Interruption: A signal has ended it, or `end` was called.
        """
        reading, writing = os.pipe()
        try:
            with self._lock:
                if self._ended_by:
                    raise Interruption(self._ended_by)
                self._pipes.add(writing)
                process = subprocess.Popen(
                    [_python(), "-I", "-S", str(LEADER), str(reading), str(lock), str(GRACE_SECONDS), *command],
                    cwd=cwd,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    pass_fds=[reading, *([lock] if lock >= 0 else [])],
                    start_new_session=True,  # Ctrl-C in a terminal reaches this process alone, which ends the group.
                )
            with process:
                try:
                    output, _ = process.communicate()
                finally:
                    self._close(writing)
        finally:
            self._close(writing)
            os.close(reading)
        if self._ended_by or process.returncode - 128 in ENDINGS:
            raise Interruption(self._ended_by or process.returncode - 128)
        return subprocess.CompletedProcess(command, process.returncode, output)

    def end(self, number: int) -> None:
        """End all installers, and start no others. This does not wait for their end.

        Args:
            number: The number of the signal that is the reason.
        """
        with self._lock:
            self._ended_by = number
            pipes = list(self._pipes)
        for pipe in pipes:
            self._close(pipe)

    def _close(self, pipe: int) -> None:
        with self._lock:
            if pipe in self._pipes:
                self._pipes.remove(pipe)
                os.close(pipe)


@contextlib.contextmanager
def interruptible() -> Iterator[Installers]:
    """Yield installers that end if a signal interrupts the block. Call this in the main thread.

    Raises:
        Interruption: A signal has arrived. It was raised in the block.
    """
    installers = Installers()

    def interrupt(number: int, _frame: FrameType | None) -> NoReturn:
        for ending in handled:
            signal.signal(ending, lambda *_: None)  # A second signal must not disturb the end of the installers.
        raise Interruption(number)

    # A signal that the caller ignores, such as SIGHUP under nohup, stays ignored.
    handled = [ending for ending in ENDINGS if signal.getsignal(ending) not in (signal.SIG_IGN, None)]
    before = {ending: signal.signal(ending, interrupt) for ending in handled}
    try:
        yield installers
    except Interruption as interruption:
        installers.end(interruption.number)
        raise
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def _python() -> str:
    """Return an interpreter that stays: that of a virtual environment may be removed by this installation."""
    return str(getattr(sys, "_base_executable", sys.executable))
