"""A suite that one program runs and another borrows."""

import contextlib
import fcntl
import json
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from stoker_tools.emulators import schedules, sharing
from stoker_tools.emulators.discovery import Declared
from stoker_tools.emulators.schedules import Clock
from stoker_tools.emulators.sharing import borrowed, not_borrowed, offer

VARIABLES = {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a suite, beside which no other suite runs."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sharing, "SECONDS", 0.2)
    path = tmp_path / "stoker-abc"
    path.mkdir()
    return path


def test_a_suite_is_borrowed_by_one_program_at_a_time(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with borrowed(["auth"]) as variables:
        assert variables == {}
    offer(directory, ["auth", "firestore"], VARIABLES)
    with borrowed(["auth"]) as variables:
        assert variables == VARIABLES
        assert "using the suite of scripts/emulators" in capsys.readouterr().err
        with borrowed(["auth"]) as others:
            assert others == {}
        assert "another program uses the suite" in capsys.readouterr().err
    with borrowed(["auth"]) as variables:
        assert variables == VARIABLES


def test_a_suite_without_what_is_needed_is_not_borrowed(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offer(directory, ["auth", "firestore"], VARIABLES)
    with borrowed(["auth", "functions", "tasks"]) as variables:
        assert variables == {}
    assert "runs without functions, tasks" in capsys.readouterr().err


def test_a_suite_of_another_checkout_is_not_borrowed(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patches:
        patches.setattr(sharing, "ROOT", Path("/another"))
        offer(directory, ["auth"], VARIABLES)
    with borrowed(["auth"]) as variables:
        assert variables == {}


def test_schedules_wait_while_a_suite_is_borrowed(directory: Path) -> None:
    with not_borrowed(directory) as free:
        assert free, "it is not offered"
    offer(directory, ["auth"], VARIABLES)
    with borrowed(["auth"]), not_borrowed(directory) as free:
        assert not free
    with not_borrowed(directory) as free, borrowed(["auth"]) as variables:
        assert free
        assert variables == {}, "a scheduled call has not ended"


def test_a_borrower_that_is_killed_gives_the_suite_back(directory: Path) -> None:
    offer(directory, ["auth"], VARIABLES)
    with (directory / sharing.FILE).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with not_borrowed(directory) as free:
            assert not free
    # The kernel closes the files of a process that ends.
    with not_borrowed(directory) as free:
        assert free


class FunctionsEmulator(BaseHTTPRequestHandler):
    """Says which functions it has, and counts the calls of each."""

    calls: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Lists the functions."""
        trigger = {"entryPoint": "sweep", "region": "us-central1"}
        self._answer(json.dumps({"backends": [{"functionTriggers": [trigger]}]}).encode())

    def do_POST(self) -> None:
        """Calls a function."""
        self.calls.append(self.path)
        self._answer(b"")

    def log_message(self, *_: object) -> None:
        """Prints nothing."""

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)


def test_a_clock_makes_no_call_that_it_may_not_make(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, False, True])
    asked = threading.Event()

    @contextlib.contextmanager
    def may_call() -> Iterator[bool]:
        answer = next(answers)
        yield answer
        if answer:
            asked.set()

    def three_times(*_: object) -> Iterator[datetime]:
        return (datetime.now(UTC) + timedelta(seconds=0.05) for _ in range(3))

    monkeypatch.setattr(schedules, "times", three_times)
    with ThreadingHTTPServer(("127.0.0.1", 0), FunctionsEmulator) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Clock(f"127.0.0.1:{server.server_port}", "demo", may_call).start([Declared("sweep", "every minute", "UTC")])
        assert asked.wait(20)
        server.shutdown()
    assert FunctionsEmulator.calls == ["/demo/us-central1/sweep-0"]
