"""A connection to no server."""

import queue
from collections.abc import Iterator
from typing import Any

END = object()


class MemoryStream:
    """A connection to no server: what a test says comes out of it."""

    def __init__(self, asked: Any) -> None:
        self.asked = asked
        self.is_closed = False
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def say(self, *messages: Any) -> None:
        for message in messages:
            self._messages.put(message)

    def close(self) -> None:
        self.is_closed = True
        self._messages.put(END)

    @property
    def is_read(self) -> bool:
        """True if the reader has taken all messages."""
        return self._messages.empty()

    def __iter__(self) -> Iterator[Any]:
        while (message := self._messages.get()) is not END:
            if isinstance(message, Exception):
                raise message
            yield message
