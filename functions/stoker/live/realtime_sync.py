"""A live query: the results of a declared query, and every change of them."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from stoker.firestore.raw import name_of
from stoker.firestore.selection import Selection
from stoker.live.async_updates import AsyncUpdates
from stoker.live.listen_state import Changes, TargetMessage
from stoker.live.listener import Listener
from stoker.live.live_view import LiveView
from stoker.live.patience import patience_of_a_sync
from stoker.live.supervision import SyncState
from stoker.live.update import SyncUpdate, copy_of
from stoker.logs import log_error
from stoker.models.document import Model
from stoker.queries.asking import Filters, asked
from stoker.queries.item_maker import maker_of
from stoker.queries.message import full_order, message_of
from stoker.queries.query import DeclaredQuery

Item = TypeVar("Item")
ModelItem = TypeVar("ModelItem", bound=Model)


class RealtimeSync(Generic[Item]):
    """The results of a declared query, kept up to date until `stop`.

    The functions that you pass are called in a thread of the sync, one call at a time. If `on_update` takes long, the
    changes meanwhile come together in the next update. An error that a function raises goes to `on_error`, and the sync
    goes on. Without `on_error`, it is logged.

    A sync is a context manager: it begins with the block and stops at its end. `async for update in sync` yields the
    updates in a coroutine.

    Args:
        collection: The name of a collection of which a query with these filters is declared, or a declared query.
        filters: The values that fields must have, or a list of filters `(field, operator, value)`.
        on_update: A function that takes each update. The first update has all items, even if there are none.
        on_error: A function that takes the errors of the other functions, and the error with which Firestore refuses
            the query. After such a refusal, the state is `stopped`. A broken connection is no error: it is opened
            again, and only the state tells of it.
        order: The fields by which the query sorts, with a hyphen before the name for the greatest value first. It
            chooses among the declared queries of the collection.
        model: A model that each document is made into. Without it, each item is a dict of the document's fields, and of
            its `id`. A document that does not fit is left out, and `warnings` of each update names it.
        on_state: A function that takes each new state.

    Raises:
        QueryNotDeclared: No declared query has these filters and this order.
        InvalidArgument: A filter has no form that Firestore takes.

    Example:
        >>> def show(update: SyncUpdate[dict[str, Any]]) -> None:
        ...     print(len(update.items), "tasks")
        >>> with RealtimeSync("tasks", {"userId": "ada"}, on_update=show) as sync:  # doctest: +SKIP
        ...     sync.wait_until_live(10)
        3 tasks
    """

    @overload
    def __init__(
        self: "RealtimeSync[dict[str, Any]]",
        collection: str | DeclaredQuery,
        filters: Filters = (),
        on_update: Callable[[SyncUpdate[dict[str, Any]]], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
        *,
        order: Sequence[str] | None = None,
        model: None = None,
        on_state: Callable[[SyncState], object] | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: "RealtimeSync[ModelItem]",
        collection: str | DeclaredQuery,
        filters: Filters = (),
        on_update: Callable[[SyncUpdate[ModelItem]], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
        *,
        order: Sequence[str] | None = None,
        model: type[ModelItem],
        on_state: Callable[[SyncState], object] | None = None,
    ) -> None: ...

    def __init__(
        self,
        collection: str | DeclaredQuery,
        filters: Filters = (),
        on_update: Callable[[SyncUpdate[Any]], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
        *,
        order: Sequence[str] | None = None,
        model: type[Model] | None = None,
        on_state: Callable[[SyncState], object] | None = None,
    ) -> None:
        self._selection = asked(collection, filters, order).selection
        self._make = maker_of(model)
        self._on_update, self._on_error, self._on_state = on_update, on_error, on_state
        self._changed = threading.Condition()  # its lock is one that a thread may take twice
        self._run: _Run[Item] | None = None
        self._iterators: list[AsyncUpdates[Item]] = []
        self._is_for_loops = False  # whether a loop has begun the sync, so that it ends with the last loop

    @property
    def state(self) -> SyncState:
        """The state now. Before `start`, it is `stopped`."""
        return "stopped" if self._run is None else self._run.listener.state

    def start(self) -> Self:
        """Begin, and return the sync. A sync that runs goes on as it is. A sync that has stopped begins anew.

        If a function of the time before `stop` still runs, the new updates wait for its end.

        Raises:
            RuntimeError: No thread can be started.
        """
        with self._changed:
            self._is_for_loops = False
            self._start()
        return self

    def stop(self) -> None:
        """End the sync. Afterwards, no function is called any more. Further calls do nothing.

        It waits for a function that is running. The functions themselves may call this too. After that, only `on_state`
        is called, with `stopped`. Each `async for` over the sync ends.
        """
        with self._changed:
            run = self._ask_to_stop()
        if run is not None:
            run.wait()

    def _start(self) -> None:
        if self.state == "stopped":
            self._run = _Run(self, self._run)
            self._run.listener.start()

    def _ask_to_stop(self) -> "_Run[Item] | None":
        """Let the sync end soon, and return what must be waited for. The state is `stopped` from now on."""
        for iterator in self._iterators:
            iterator.end(None)
        self._iterators.clear()
        if self._run is not None:
            self._run.listener.ask_to_stop()
            self._changed.notify_all()
        return self._run

    def _remove(self, *iterators: AsyncUpdates[Item]) -> "_Run[Item] | None":
        """Forget iterators. If the sync was begun for loops, and none is left, let it end and return what ends."""
        self._iterators = [one for one in self._iterators if one not in iterators]
        return self._ask_to_stop() if self._is_for_loops and not self._iterators else None

    def wait_until_live(self, timeout: float | None = None) -> None:
        """Wait until `on_update` has been called with the present state of the database.

        Args:
            timeout: The longest time to wait, in seconds; no limit if it is left out.

        Raises:
            TimeoutError: The sync is not live in time. It goes on. The message names the last failure of a connection.
            RuntimeError: The sync is not running, or one of its own functions has called this.
            google.api_core.exceptions.GoogleAPICallError: Firestore has refused the query.
        """
        end = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            run = self._run
            if run is None or run.is_own_thread:
                raise RuntimeError("Call start before, and wait in another thread than that of the sync.")
            while (state := run.listener.state) != "live":
                if run.error is not None:
                    raise run.error
                if state == "stopped":
                    raise RuntimeError("The sync was stopped before it was live.")
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    message = f"The sync is {state} after {timeout:g} s, and not live. It goes on."
                    raise TimeoutError(f"{message} {run.listener.failure}".rstrip())
                self._changed.wait(left)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self.stop()

    async def __aiter__(self) -> AsyncIterator[SyncUpdate[Item]]:
        """Yield the updates until the sync is stopped. The first one has all items.

        The sync begins if it is not running, and then stops with the last loop over it. While the loop works on an
        update, the changes come together in the next one; `on_update` and other loops wait too. So an iterator that is
        kept but not advanced holds up all of them, until it is closed, its event loop is closed, or `stop` is called.
        An error with which Firestore refuses the query is raised.
        """
        iterator = AsyncUpdates[Item]()
        with self._changed:
            if self.state == "stopped":
                self._is_for_loops = True
                self._start()
            elif self._run is not None and (latest := self._run.latest) is not None:
                iterator.begin_with(replace(copy_of(latest), added=list(latest.items), modified=[], removed=[]))
            self._iterators.append(iterator)
        try:
            async for update in iterator:
                yield update
        finally:
            iterator.end(None)
            with self._changed:
                run = self._remove(iterator)
            if run is not None:
                await asyncio.to_thread(run.wait)


class _Run(Generic[Item]):
    """The time of a sync from `start` to `stop`.

    Args:
        sync: The sync.
        last: The run before, which has been asked to stop. This run calls no function before that one's thread is over.
    """

    def __init__(self, sync: RealtimeSync[Item], last: "_Run[Item] | None") -> None:
        self._sync = sync
        # A run that was stopped before its turn never calls a function. So only the one before it matters.
        self._previous: _Run[Item] | None = last if last is None or last._has_begun else last._previous
        self._has_begun: bool = self._previous is None
        self._is_over = False
        self._view = LiveView[Item](full_order(sync._selection), sync._make)
        self.latest: SyncUpdate[Item] | None = None
        self.error: Exception | None = None
        self.listener = Listener(
            _target(sync._selection),
            self._change,
            self._end,
            self._tell,
            self._wait_for_turn,
            patience=patience_of_a_sync(),
            name=f"sync of {sync._selection.collection}",
        )

    @property
    def is_own_thread(self) -> bool:
        """True if the caller runs in a function that this run, or the one that it waits for, has called."""
        previous = self._previous
        return self.listener.is_own_thread or (previous is not None and previous.listener.is_own_thread)

    def wait(self) -> None:
        """Wait until no function is called any more, unless one of these functions calls this."""
        previous = self._previous
        self.listener.stop()
        if previous is not None:
            previous.listener.stop()

    def _wait_for_turn(self) -> None:
        with self._sync._changed:
            if (previous := self._previous) is None:
                return
            self._sync._changed.wait_for(lambda: previous._is_over or self.listener.state == "stopped")
            if previous._is_over and self.listener.state != "stopped":
                self._has_begun, self._previous = True, None

    def _change(self, changes: Changes, read_time: Any) -> None:
        update = self._view.apply(changes, read_time)
        if update is None:
            return
        with self._sync._changed:
            self.latest = copy_of(update)  # The caller may change the lists.
            iterators = tuple(self._sync._iterators)
        copies = [copy_of(update) for _ in iterators]
        self._call(self._sync._on_update, update)
        for iterator, copy in zip(iterators, copies, strict=True):
            iterator.put(copy)
        with self._sync._changed:
            if self._sync._run is self and (gone := [one for one in iterators if one.is_over]):
                self._sync._remove(*gone)  # Their event loops were closed.

    def _tell(self, state: SyncState) -> None:
        with self._sync._changed:
            self._sync._changed.notify_all()
            is_latest = self._sync._run is self  # If not, the sync was stopped and started again.
            iterators = tuple(self._sync._iterators) if is_latest else ()
        if is_latest and self._has_begun:
            self._call(self._sync._on_state, state)
        if state == "stopped":
            for iterator in iterators:
                iterator.end(self.error)
            with self._sync._changed:
                self._is_over = True
                self._sync._changed.notify_all()

    def _end(self, error: Exception) -> None:
        with self._sync._changed:
            self.error = error
            self._sync._changed.notify_all()
        self._report(error, "A live query has ended with an error.")

    def _call(self, function: Callable[[Any], object] | None, argument: object) -> None:
        if function is None:
            return
        try:
            function(argument)
        except Exception as error:
            self._report(error, "A function that a live query calls has raised an error.")

    def _report(self, error: Exception, message: str) -> None:
        if self._sync._on_error is None:
            log_error(message, error)
            return
        try:
            self._sync._on_error(error)
        except Exception as second:
            log_error(message, error)
            log_error("The `on_error` of a live query has raised an error.", second)


def _target(selection: Selection) -> Any:
    target = TargetMessage()
    target.query.parent = name_of("")
    target.query.structured_query.CopyFrom(message_of(selection))
    return target
