"""The time limit of a child process that opens a file."""

import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

PROBE_SECONDS = 30
"""A file that takes longer to open was made to take long."""

READ_BYTES_A_SECOND = 10e6
"""Bytes a second that a child process must read at least, if it reads the whole film."""


class TimeLimit:
    """The time that a child process may still take. The time that downloads for the child take does not count.

    Use it as a context manager around each wait for the child.

    Args:
        child: The child process. It is killed when its time is over.
        now: A monotonic clock, in seconds.
        timer: Makes a timer of that clock, from seconds and a function to call after them, as `threading.Timer`.

    Attributes:
        ended: Whether the child was killed because its time was over.
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

    def extend(self, length: int, size: int) -> None:
        """Add time for bytes that the child has read, up to twice the size of the file, because a child may seek back.

        Args:
            length: Bytes that were read.
            size: The size of the file, in bytes.
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
