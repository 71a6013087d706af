"""A listener: it keeps the results of a query or a document up to date, over as many connections as that takes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
from firebase_functions import logger
from google.api_core import exceptions

from stoker.firestore.listening import ListenStream
from stoker.host import CHANCE
from stoker.live.listen_state import Changes, ListenSnapshot, ListenState, Mismatch, TargetRemoved
from stoker.live.mailbox import Mailbox
from stoker.live.patience import Patience
from stoker.live.supervision import PERMANENT, Supervision, SyncState
from stoker.logs import log_error

COLLECT_SECONDS = 1.0
"""The longest time in which changes are collected before they are passed on, in seconds. If no more messages wait, the
changes are passed on at once."""

UNKNOWN, UNAVAILABLE = 2, 14


@dataclass(frozen=True)
class Broken:
    """The end of a connection.

    Attributes:
        code: The number of a gRPC code.
        message: The error's text.
    """

    code: int
    message: str


class Listener:
    """A listener of one query or document. It begins with `start`, and ends with `stop` or an error that stays.

    Two threads work for it: one reads messages, the other one applies them and calls the functions below. If a function
    takes long, the changes meanwhile come together in its next call.

    Args:
        target: The query or the document, as a plain protobuf message of a `Target`.
        on_changes: It takes the changed documents since its last call, and the time of the last change as a protobuf
            message. Its first call comes even if there are no documents. It must not raise an error.
        on_end: It takes the error that has ended the listener. It is not called after `stop`.
        on_state: It takes each new state.
        on_start: It is called before everything else.
        patience: The lengths of silence that the listener bears.
        name: The name of the threads.
        connect: It opens a stream for a target.
    """

    def __init__(
        self,
        target: Any,
        on_changes: Callable[[Changes, Any], None],
        on_end: Callable[[Exception], None],
        on_state: Callable[[SyncState], None] = lambda _: None,
        on_start: Callable[[], None] = lambda: None,
        *,
        patience: Patience,
        name: str,
        connect: Callable[[Any], Any] = ListenStream,
    ) -> None:
        self._documents = ListenState(target)
        self._on_changes, self._on_end, self._on_state, self._on_start = on_changes, on_end, on_state, on_start
        self._connect = connect
        self._supervision = Supervision(patience, CHANCE.uniform)
        # Each message, or the end of the connection, with the time at which it arrived.
        self._mailbox: Mailbox[tuple[float, Any]] = Mailbox()
        self._stream: Any = None
        self._reader: threading.Thread | None = None
        self._changes: dict[str, Any | None] = {}
        self._read_time: Any = None
        self._heard = 0.0  # the time at which the state that is delivered next has arrived
        self._is_stopping = threading.Event()
        self._state: SyncState = "connecting"
        self._failure = ""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def state(self) -> SyncState:
        """The state now."""
        if self._is_stopping.is_set() or self._state == "stopped":
            return "stopped"
        return self._supervision.state(self._now())

    @property
    def is_own_thread(self) -> bool:
        """True if the caller runs in one of the functions that the listener calls."""
        return threading.current_thread() is self._thread

    @property
    def failure(self) -> str:
        """A sentence about the last connection that has failed since the last delivery; empty if there was none."""
        return self._failure

    def start(self) -> None:
        """Begin. Call it once.

        Raises:
            RuntimeError: No thread can be started. The listener has ended: `on_end` and `on_state` were called.
        """
        try:
            self._thread.start()
        except RuntimeError as error:
            self._finish(error)
            raise

    def ask_to_stop(self) -> None:
        """Let the listener end soon. No function is called any more, except those that run now and `on_state`."""
        self._is_stopping.set()
        self._mailbox.wake()

    def stop(self) -> None:
        """End, and wait until no function is called any more. A function that the listener calls may call this too."""
        self.ask_to_stop()
        if self._thread.ident is not None and not self.is_own_thread:  # Without an ident, it could not start.
            self._thread.join()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            error = self._follow()
        except Exception as unexpected:  # Without this, the thread would end silently.
            log_error("A listener has ended with an unexpected error.", unexpected)
            error = unexpected
        try:
            self._disconnect()
        except Exception as unexpected:  # The end must be told all the same.
            log_error("The connection of a listener could not be closed.", unexpected)
        self._finish(error)

    def _finish(self, error: Exception | None) -> None:
        """Tell the end."""
        if error is not None and not self._is_stopping.is_set():
            self._on_end(error)
        self._tell("stopped")

    def _follow(self) -> Exception | None:
        """Follow the target until `stop`, or until an error that stays; return that error."""
        self._on_start()
        if not self._is_stopping.is_set():
            self._begin()
        while not self._is_stopping.is_set():
            self._tell(self.state)
            broken = self._collect()
            if self._is_stopping.is_set():
                break
            self._deliver()
            now = self._now()
            if isinstance(broken, Mismatch):
                logger.warn("A listener has missed a change. It reads all documents again.", listener=self._thread.name)
                self._disconnect()
                self._supervision.fail(now, UNKNOWN)
            elif broken is not None:
                self._disconnect()
                self._note(broken)
                if not self._supervision.fail(now, broken.code):
                    refused: Exception = exceptions.from_grpc_status(grpc_code(broken.code), broken.message)
                    return refused
            elif self._supervision.is_due(now) or self._supervision.is_silent(now):
                self._begin()
        return None

    def _collect(self) -> Mismatch | TargetRemoved | Broken | None:
        """Wait for messages, and apply all that have arrived. Return the end of the connection if there was one."""
        until: float | None = None
        while True:
            now = self._now()
            letters = self._mailbox.take(self._supervision.seconds(now) if until is None else 0)
            until = until or self._now() + COLLECT_SECONDS
            for heard, letter in letters:
                step = letter if isinstance(letter, Broken) else self._documents.apply(letter)
                if isinstance(step, ListenSnapshot):
                    self._changes.update(step.changes)
                    self._read_time, self._heard = step.read_time, heard
                elif step is not None:
                    return step
            if not letters or self._is_stopping.is_set() or self._now() > until:
                return None

    def _deliver(self) -> None:
        if self._read_time is None:
            return
        changes, read_time = self._changes, self._read_time
        self._changes, self._read_time = {}, None
        self._on_changes(changes, read_time)
        self._failure = ""
        self._supervision.catch_up(self._heard)

    def _begin(self) -> None:
        """Open a connection, instead of the one before."""
        self._disconnect()
        number = self._mailbox.open()
        self._supervision.begin(self._now())
        self._stream = self._connect(self._documents.begin())
        reader = threading.Thread(
            target=self._read, args=(self._stream, number), name=f"{self._thread.name} reader", daemon=True
        )
        reader.start()
        self._reader = reader  # It has started, so it can be waited for.

    def _note(self, broken: TargetRemoved | Broken) -> None:
        """Keep the failure of a connection, and log it if it is the first one since the last delivery."""
        is_first = not self._failure
        self._failure = f"Its last connection has ended with {grpc_code(broken.code).name}: {broken.message}"
        if is_first and broken.code not in PERMANENT:
            logger.warn(
                "A live connection has failed. It is opened again.", listener=self._thread.name, error=self._failure
            )

    def _disconnect(self) -> None:
        """Close the connection, and wait for the end of the thread that reads from it."""
        self._mailbox.open()
        if self._stream is not None:
            self._stream.close()
        if self._reader is not None:
            self._reader.join()
        self._stream = self._reader = None

    def _read(self, stream: Any, number: int) -> None:
        """Put the messages of a connection into the mailbox, until its end."""
        broken = Broken(UNAVAILABLE, "Firestore has ended the stream.")
        try:
            for message in stream:
                now = time.monotonic()
                self._supervision.hear(now)
                if not self._mailbox.put(number, (now, message)):
                    return
        except grpc.RpcError as error:
            broken = Broken(error.code().value[0], error.details() or "")
        except Exception as error:  # The other thread must hear of any end. It tries again.
            broken = Broken(UNKNOWN, repr(error))
        self._mailbox.put(number, (time.monotonic(), broken))

    def _now(self) -> float:
        now = time.monotonic()
        if self._mailbox.is_full:
            self._supervision.hear(now)
        return now

    def _tell(self, state: SyncState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)


def grpc_code(number: int) -> grpc.StatusCode:
    """Return the gRPC code of a number.

    Example:
        >>> grpc_code(7).name
        'PERMISSION_DENIED'
    """
    return next((code for code in grpc.StatusCode if code.value[0] == number), grpc.StatusCode.UNKNOWN)
