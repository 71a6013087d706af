"""The messages of a connection, on their way from the thread that reads them to the thread that applies them."""

import threading
from collections import deque
from typing import Generic, TypeVar

Letter = TypeVar("Letter")

MOST_LETTERS = 1_000
"""The most messages that wait. The thread that reads waits then, and by the flow control of HTTP/2 Firestore
waits too."""


class Mailbox(Generic[Letter]):
    """A queue that holds the messages of one connection at a time.

    Args:
        limit: The most messages that wait.

    Example:
        >>> mailbox = Mailbox()
        >>> old, new = mailbox.open(), mailbox.open()
        >>> mailbox.put(old, "late"), mailbox.put(new, "news")
        (False, True)
        >>> mailbox.take(0)
        ['news']
    """

    def __init__(self, limit: int = MOST_LETTERS) -> None:
        self._limit = limit
        self._letters: deque[Letter] = deque()
        self._number = 0
        self._is_awake = False
        self._changed = threading.Condition()

    def open(self) -> int:
        """Begin a new connection, and return its number. What is left of the connection before is thrown away."""
        with self._changed:
            self._number += 1
            self._letters.clear()
            self._changed.notify_all()
            return self._number

    def put(self, number: int, letter: Letter) -> bool:
        """Add a message, as soon as there is room; return whether its connection is still the newest one."""
        with self._changed:
            self._changed.wait_for(lambda: number != self._number or len(self._letters) < self._limit)
            if number != self._number:
                return False
            self._letters.append(letter)
            self._changed.notify_all()
            return True

    def take(self, timeout: float) -> list[Letter]:
        """Wait for messages, and return all that are there.

        Args:
            timeout: The longest time to wait, in seconds.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._letters or self._is_awake, timeout)
            self._is_awake = False
            letters = list(self._letters)
            self._letters.clear()
            self._changed.notify_all()
            return letters

    def wake(self) -> None:
        """Let `take` return now, or the next time, even if there is no message."""
        with self._changed:
            self._is_awake = True
            self._changed.notify_all()

    @property
    def is_full(self) -> bool:
        """True if messages wait outside, so that silence has another reason than the connection."""
        return len(self._letters) >= self._limit
