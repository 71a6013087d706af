"""How long a child process may take to open a file."""

import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

PROBE_SECONDS = 30
"""A file that takes longer to open is made to take long."""

READ_BYTES_A_SECOND = 10e6
"""The least that the process that opens a film reads in a second, if it reads all of the film."""


class Patience:
    """The time that a child may take by itself; the time that a download takes is not its own.

    Args:
        child: It is killed when its time is over.
        now: The clock, in seconds. It never goes back.
        timer: Makes a timer of that clock: it takes seconds and what to call after them, as `threading.Timer`.

    Attributes:
        ended: Whether it was killed.
    """

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        now: Callable[[], float] = time.monotonic,
        timer: Callable[[float, Callable[[], None]], Any] = threading.Timer,
    ) -> None:
        self.ended = False
        self._child = child
        self._now = now
        self._new_timer = timer
        self._left: float = PROBE_SECONDS
        self._read = 0

    def give(self, length: int, size: int) -> None:
        """Gives time for bytes that were read: of no more than twice the file, since a child may go back.

        Args:
            length: Bytes that were read.
            size: Of the file, in bytes.
        """
        more = min(length, max(0, 2 * size - self._read))
        self._read += more
        self._left += more / READ_BYTES_A_SECOND

    def __enter__(self) -> None:
        self._timer = self._new_timer(self._left, self._end)
        self._timer.start()
        self._begun = self._now()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._left -= self._now() - self._begun

    def _end(self) -> None:
        self.ended = True
        self._child.kill()
