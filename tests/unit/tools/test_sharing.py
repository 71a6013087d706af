"""The suite that a checkout runs, as other commands find it."""

import contextlib
import fcntl
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from stoker_tools.emulators import schedules, sharing
from stoker_tools.emulators.discovery import Declared
from stoker_tools.emulators.guardian import MARKER
from stoker_tools.emulators.schedules import Clock
from stoker_tools.emulators.sharing import borrowed, found, not_borrowed, offered

VARIABLES = {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080", MARKER: "abc"}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a checkout in which no suite runs."""
    path = tmp_path / "suite.json"
    monkeypatch.setenv("STOKER_SUITE_FILE", str(path))
    monkeypatch.setattr(sharing, "LOCK_SECONDS", 0.2)
    return path


def test_a_suite_is_found_while_it_runs(state: Path) -> None:
    assert found() == {}
    with offered(["auth", "firestore"], VARIABLES):
        assert found() == {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}, "without the mark, which would end the finder"
    assert found() == {}
    assert not list(state.parent.iterdir())


OFFERING = """
import sys
from stoker_tools.emulators.sharing import offered
with offered(["auth"], {"FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099"}):
    print("offered", flush=True)
    sys.stdin.read()
"""


@pytest.mark.slow
def test_a_suite_whose_program_was_killed_is_not_found(state: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OFFERING], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        assert found() == {"FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099"}
        program.kill()
    assert state.exists()
    assert found() == {}
    with offered(["auth", "firestore"], VARIABLES):
        assert found() == {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}


def test_the_number_of_a_process_that_was_given_to_another_is_not_taken_for_the_suite(state: Path) -> None:
    with offered(["auth"], VARIABLES):
        facts = json.loads(state.read_text())
        state.write_text(json.dumps({**facts, "started": facts["started"] - 3600}))
        assert found() == {}


def test_the_second_suite_of_a_checkout_says_that_it_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    with offered(["firestore"], VARIABLES):
        with offered(["firestore"], {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:23456"}):
            assert "another suite runs in this checkout" in capsys.readouterr().err
            assert found() == {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}
        assert found() == {"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}


def test_a_suite_is_borrowed_by_one_program_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with borrowed(["auth"]) as variables:
        assert variables == {}
    with offered(["auth", "firestore"], VARIABLES):
        with borrowed(["auth"]) as variables:
            assert variables == VARIABLES
            assert "using the suite of this checkout" in capsys.readouterr().err
            with borrowed(["auth"]) as others:
                assert others == {}
            assert "another program uses the suite" in capsys.readouterr().err
        with borrowed(["auth"]) as variables:
            assert variables == VARIABLES


def test_a_suite_without_what_is_needed_is_not_borrowed(capsys: pytest.CaptureFixture[str]) -> None:
    with offered(["auth", "firestore"], VARIABLES), borrowed(["auth", "functions", "tasks"]) as variables:
        assert variables == {}
    assert "runs without functions, tasks" in capsys.readouterr().err


def test_an_error_of_the_borrower_stays_what_it_is() -> None:
    with offered(["auth"], VARIABLES), pytest.raises(FileNotFoundError, match=r"clip\.mp4"), borrowed(["auth"]):
        raise FileNotFoundError("clip.mp4")


def test_schedules_wait_while_a_suite_is_borrowed() -> None:
    with not_borrowed("abc") as free:
        assert free, "it is not offered"
    with offered(["auth"], VARIABLES):
        with borrowed(["auth"]), not_borrowed("abc") as free, not_borrowed("another") as free_too:
            assert not free
            assert free_too, "another suite runs its schedules"
        with not_borrowed("abc") as free, borrowed(["auth"]) as variables:
            assert free
            assert variables == {}, "a scheduled call has not ended"


def test_a_borrower_that_is_killed_gives_the_suite_back(state: Path) -> None:
    with offered(["auth"], VARIABLES):
        with state.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with not_borrowed("abc") as free:
                assert not free
        # The kernel closes the files of a process that ends.
        with not_borrowed("abc") as free:
            assert free


class FunctionsEmulator(BaseHTTPRequestHandler):
    """A Functions emulator that lists a function, and records its calls."""

    calls: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """List the functions."""
        trigger = {"entryPoint": "sweep", "region": "us-central1"}
        self._answer(json.dumps({"backends": [{"functionTriggers": [trigger]}]}).encode())

    def do_POST(self) -> None:
        """Call a function."""
        self.calls.append(self.path)
        self._answer(b"")

    def log_message(self, *_: object) -> None:
        """Print nothing."""

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
