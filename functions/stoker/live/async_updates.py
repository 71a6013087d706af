"""The updates of a live query in a coroutine."""

import asyncio
import threading
from typing import Generic, TypeVar

from stoker.live.update import SyncUpdate

Item = TypeVar("Item")

CLOSED_SECONDS = 1.0
"""The time between two looks at whether the loop is closed, in seconds. Nothing tells a thread of that."""


class AsyncUpdates(Generic[Item]):
    """An iterator in an event loop, to which the thread of a live query passes updates. Make it in a coroutine.

    The thread waits for the coroutine with each update. So an iterator that is kept and not advanced holds the query,
    until `end` is called or its loop is closed.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_ready = asyncio.Event()
        self._changed = threading.Condition()
        self._update: SyncUpdate[Item] | None = None
        self._is_over = False
        self._error: Exception | None = None

    def begin_with(self, update: SyncUpdate[Item]) -> None:
        """Take a first update, without waiting."""
        with self._changed:
            self._update = update
            self._is_ready.set()

    @property
    def is_over(self) -> bool:
        """True if the iterator takes no more updates."""
        return self._is_over

    def put(self, update: SyncUpdate[Item]) -> None:
        """Pass an update on, and wait until the coroutine has taken it or is over. Only the query's thread calls it."""
        with self._changed:
            self._wait_until_taken()
            if not self._is_over:
                self._update = update
                self._wake()
                self._wait_until_taken()

    def end(self, error: Exception | None) -> None:
        """End the iteration.

        Args:
            error: The error to raise in the coroutine; None if the iteration just ends.
        """
        with self._changed:
            if not self._is_over:
                self._is_over, self._error = True, error
                self._changed.notify_all()
                self._wake()

    def __aiter__(self) -> "AsyncUpdates[Item]":
        return self

    async def __anext__(self) -> SyncUpdate[Item]:
        while True:
            with self._changed:
                self._is_ready.clear()
                if self._is_over:
                    if self._error is not None:
                        raise self._error
                    raise StopAsyncIteration
                if (update := self._update) is not None:
                    self._update = None
                    self._changed.notify_all()
                    return update
            await self._is_ready.wait()

    def _wait_until_taken(self) -> None:
        while not self._changed.wait_for(lambda: self._update is None or self._is_over, CLOSED_SECONDS):
            if self._loop.is_closed():
                self._is_over = True

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._is_ready.set)
        except RuntimeError:  # The loop is closed, so no coroutine will take an update any more.
            self._is_over = True
