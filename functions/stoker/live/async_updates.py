"""The updates of a live query in a coroutine."""

import asyncio
import contextlib
import threading
from typing import Generic, TypeVar

from stoker.live.update import SyncUpdate

Item = TypeVar("Item")


class AsyncUpdates(Generic[Item]):
    """An iterator in an event loop, to which the thread of a live query passes updates. Make it in a coroutine."""

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

    def put(self, update: SyncUpdate[Item]) -> None:
        """Pass an update on, and wait until the coroutine has taken it or is over. Only the query's thread calls it."""
        with self._changed:
            self._changed.wait_for(lambda: self._update is None or self._is_over)
            if not self._is_over:
                self._update = update
                self._wake()
                self._changed.wait_for(lambda: self._update is None or self._is_over)

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

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # The loop is closed, so no coroutine waits any more.
            self._loop.call_soon_threadsafe(self._is_ready.set)
