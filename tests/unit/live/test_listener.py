"""A listener applies what its connections say, opens new ones, and ends at an error that stays."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.api_core import exceptions
from google.protobuf.timestamp_pb2 import Timestamp

from stoker.firestore.values import item_of
from stoker.live.listen_state import TargetMessage
from stoker.live.listener import Listener
from stoker.live.live_view import LiveView
from stoker.live.patience import Patience
from unit.live.listen_server import CURRENT, REMOVE, ListenServer, changed, consistent, count, document, target
from unit.live.memory_stream import MemoryStream
from waiting import until


class Followed:
    """A listener, what it has told, and its connections."""

    def __init__(self, on_changes: Callable[[Any, Any], None] | None = None, silence: float = 60.0) -> None:
        self.told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.errors: queue.SimpleQueue[Exception] = queue.SimpleQueue()
        self.streams: queue.SimpleQueue[MemoryStream] = queue.SimpleQueue()
        self.listener = Listener(
            TargetMessage(),
            on_changes or (lambda changes, _: self.told.put(sorted(name[-1] for name in changes))),
            self.errors.put,
            patience=Patience(silence / 2, silence),
            name="listener of a test",
            connect=self._connect,
        )
        self.listener.start()

    def _connect(self, asked: Any) -> MemoryStream:
        stream = MemoryStream(asked)
        self.streams.put(stream)
        return stream

    def stream(self) -> MemoryStream:
        """The next connection."""
        return self.streams.get(timeout=20)


@pytest.fixture
def followed() -> Iterator[Followed]:
    one = Followed()
    yield one
    one.listener.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("listener of a test")]


def whole(*names: str) -> list[Any]:
    """The messages of a first state with these documents."""
    return [*(changed(document(name, 1)) for name in names), target(CURRENT), consistent(1, b"token")]


def test_a_broken_connection_is_followed_by_one_that_goes_on_from_the_token(followed: Followed) -> None:
    first = followed.stream()
    first.say(*whole("a"))
    assert followed.told.get(timeout=20) == ["a"]
    first.say(changed(document("b", 2)), RuntimeError("cut"))
    second = followed.stream()
    assert first.is_closed
    assert second.asked.resume_token == b"token"
    second.say(changed(document("c", 3)), target(CURRENT), consistent(3))
    assert followed.told.get(timeout=20) == ["c"]


def test_a_wrong_count_is_followed_by_a_connection_that_asks_for_everything(followed: Followed) -> None:
    followed.stream().say(*whole("a", "b"), count(1))
    assert followed.told.get(timeout=20) == ["a", "b"]
    second = followed.stream()
    assert not second.asked.resume_token
    second.say(*whole("b"))
    assert followed.told.get(timeout=20) == ["a"]


def test_the_first_connection_begins_at_once_however_lately_the_machine_was_started() -> None:
    one = Followed(silence=1e9)  # longer than the machine has run
    one.stream()
    one.listener.stop()


def test_a_silent_connection_is_followed_by_another_one() -> None:
    one = Followed(silence=0.2)
    one.stream().say(*whole("a"))
    assert one.told.get(timeout=20) == ["a"]
    assert one.stream().asked.resume_token == b"token"
    one.listener.stop()


def test_the_end_of_the_target_by_an_error_that_stays_ends_the_listener(followed: Followed) -> None:
    stream = followed.stream()
    stream.say(*whole("a"), target(REMOVE, cause={"code": 7, "message": "not yours"}))
    assert followed.told.get(timeout=20) == ["a"]  # what came before is not lost
    error = followed.errors.get(timeout=20)
    assert isinstance(error, exceptions.PermissionDenied)
    assert "not yours" in str(error)


def test_the_end_of_the_target_by_an_error_that_passes_does_not(followed: Followed) -> None:
    followed.stream().say(*whole("a"), target(REMOVE, cause={"code": 14, "message": "later"}))
    followed.stream().say(target(CURRENT), consistent(2))
    assert followed.told.get(timeout=20) == ["a"]
    assert followed.told.get(timeout=20) == []
    assert followed.listener.state == "live"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_unexpected_error_does_not_end_it_silently() -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    one = Followed(on_changes=fail)
    one.stream().say(*whole("a"))
    assert isinstance(one.errors.get(timeout=20), ZeroDivisionError)
    one.listener.stop()
    assert one.listener.state == "stopped"


@pytest.mark.parametrize("which", ["listener of a test", "listener of a test reader"])
def test_a_thread_that_cannot_start_ends_it_with_that_error(monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    start = threading.Thread.start

    def no_thread(thread: threading.Thread) -> None:
        if thread.name == which:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    errors, states = queue.SimpleQueue[Exception](), queue.SimpleQueue[str]()
    one = Listener(
        TargetMessage(),
        lambda *_: None,
        errors.put,
        states.put,
        patience=Patience(30, 60),
        name="listener of a test",
        connect=MemoryStream,
    )
    with contextlib.suppress(RuntimeError):
        one.start()
    assert "new thread" in str(errors.get(timeout=20))
    assert states.get(timeout=20) == "stopped"
    assert one.state == "stopped"
    one.stop()


def test_a_series_of_failures_is_named_and_logged_once(followed: Followed, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        followed.stream().say(target(REMOVE, cause={"code": 16, "message": f"no login {number}"}))
    third = followed.stream()
    assert followed.listener.failure == "Its last connection has ended with UNAUTHENTICATED: no login 2"
    third.say(*whole("a"))
    assert followed.told.get(timeout=20) == ["a"]
    until(lambda: not followed.listener.failure)
    logged = capsys.readouterr()
    assert (logged.out + logged.err).count("A live connection has failed.") == 1
    third.say(RuntimeError("cut"))
    followed.stream()
    logged = capsys.readouterr()
    assert (logged.out + logged.err).count("A live connection has failed.") == 1


def test_what_comes_during_a_slow_call_comes_together_in_the_next_one() -> None:
    calls, may_go = queue.SimpleQueue[list[str]](), threading.Event()

    def slow(changes: Any, _: Any) -> None:
        calls.put(sorted(name[-1] for name in changes))
        assert may_go.wait(20)

    one = Followed(on_changes=slow)
    stream = one.stream()
    stream.say(*whole("a"))
    assert calls.get(timeout=20) == ["a"]
    for time_, name in enumerate("bcdb", start=2):
        stream.say(changed(document(name, time_)), consistent(time_))
    until_taken(stream)
    may_go.set()
    assert calls.get(timeout=20) == ["b", "c", "d"]
    one.listener.stop()
    assert calls.empty()


def test_a_callback_that_blocks_makes_it_stale_however_many_messages_come() -> None:
    calls, may_go = queue.SimpleQueue[list[str]](), threading.Event()

    def slow(changes: Any, _: Any) -> None:
        calls.put(sorted(name[-1] for name in changes))
        if calls.qsize() == 2:
            assert may_go.wait(20)

    one = Followed(on_changes=slow, silence=0.4)
    stream = one.stream()
    stream.say(*whole("a"))
    until(lambda: one.listener.state == "live")
    stream.say(changed(document("b", 2)), consistent(2))
    until(lambda: calls.qsize() == 2)

    def is_stale() -> bool:
        stream.say(consistent(3))
        return one.listener.state == "stale"

    until(is_stale)
    may_go.set()
    one.listener.stop()


def until_taken(stream: MemoryStream) -> None:
    """Wait until the thread that reads has taken all messages, and the last one is in the mailbox too."""
    stream.say(count(4))
    until(lambda: stream.is_read, every=0.001)


@pytest.mark.slow
def test_fifty_thousand_documents_at_the_start_take_seconds() -> None:
    """The client library's watch copies a dict for each of them."""
    server = ListenServer()
    for number in range(50_000):
        server.set(f"{number:05}", n=number % 7)
    view = LiveView((("n", "DESCENDING"), ("__name__", "DESCENDING")), item_of)
    sizes: queue.SimpleQueue[int] = queue.SimpleQueue()

    def apply(changes: Any, read_time: Any) -> None:
        update = view.apply(changes, read_time or Timestamp())
        sizes.put(len(update.items) if update else 0)

    one = Followed(on_changes=apply)
    stream = one.stream()
    messages = server.answer(stream.asked)
    began = time.process_time()
    stream.say(*messages)
    assert sizes.get(timeout=60) == 50_000
    assert time.process_time() - began < 20
    stream.say(server.set("00000", n=9), server.flush())
    assert sizes.get(timeout=60) == 50_000
    one.listener.stop()
