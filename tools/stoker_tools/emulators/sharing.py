"""The suite that a checkout runs, so that its other commands find that suite.

Only a suite that runs until Ctrl-C is offered: that of `scripts/emulators` without a command, and that of
`scripts/demo --keep` after the demo. Another suite would end while others use it.

A file in the checkout says how to reach the suite. The process that runs the suite writes the file, and removes it at
the end. If that process was killed, the file stays: it is ignored, because its process does not live any more.

`scripts/test` borrows the suite: it locks the file, and the schedules make no call in the meantime. The kernel removes
the lock when the borrower ends, even if it is killed.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import psutil

from stoker_tools.emulators.guardian import MARKER
from stoker_tools.setup import app_root

LOCK_SECONDS = 10.0
"""The longest wait for scheduled calls to end. Most take well under a second."""

CLOCK_SECONDS = 5.0
"""The most that the start of a process may seem to move, because the computer's clock was set."""


def state_file() -> Path:
    """Return the path of the file. The variable STOKER_SUITE_FILE names another path.

    Without a checkout, no file is written into the app.
    """
    if named := os.environ.get("STOKER_SUITE_FILE"):
        return Path(named)
    app = app_root.app()
    if app_root.checkout():
        return app / ".stoker-suite.json"
    return app_root.home() / f"suite-{hashlib.sha256(str(app.resolve()).encode()).hexdigest()[:12]}.json"


@contextlib.contextmanager
def offered(emulators: Iterable[str], variables: Mapping[str, str]) -> Iterator[None]:
    """Let other commands find a suite while the block runs. A second suite of the checkout is not offered.

    Args:
        emulators: The names of the emulators that run.
        variables: The variables by which a process finds the suite.
    """
    process = psutil.Process()
    facts = {
        "pid": process.pid,
        "started": process.create_time(),
        "emulators": sorted(emulators),
        "variables": dict(variables),
    }
    file = state_file()
    is_offered = _write(file, facts)
    if not is_offered:
        _say("note: another suite runs in this checkout. With --emulator, commands use that other suite.")
    try:
        yield
    finally:
        if is_offered:
            file.unlink(missing_ok=True)


def found() -> dict[str, str]:
    """Return the variables by which a process finds the suite that this checkout runs; empty if there is no suite."""
    facts = _read(state_file())
    # The suite's mark is left out: a process that carries it ends with the suite.
    return {name: value for name, value in facts["variables"].items() if name != MARKER} if facts else {}


@contextlib.contextmanager
def borrowed(needed: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Borrow the suite that this checkout runs, while the block runs. A line on standard error says so.

    Args:
        needed: The names of the emulators that must run in it.

    Yields:
        The variables by which a process finds the suite. Empty if no suite runs, if it lacks an emulator, or if another
        program has borrowed it.
    """
    facts = _read(state_file())
    file = _opened(state_file()) if facts is not None else None
    if facts is None or file is None:
        yield {}
        return
    with file:
        if missing := sorted(set(needed).difference(facts["emulators"])):
            _say(f"the suite of this checkout runs without {', '.join(missing)}: starting another suite")
        elif not _locked(file):
            _say("another program uses the suite of this checkout: starting another suite")
        else:
            _say("using the suite of this checkout; its schedules wait")
            yield facts["variables"]
            return
    yield {}


@contextlib.contextmanager
def not_borrowed(marker: str) -> Iterator[bool]:
    """Yield whether nobody has borrowed a suite. Nobody can borrow it while the block runs.

    Args:
        marker: The suite's value of the variable STOKER_SUITE.
    """
    file = _opened(state_file())
    if file is None:
        yield True
        return
    with file:
        is_this_suite = json.load(file)["variables"].get(MARKER) == marker
        yield not is_this_suite or _try(file, fcntl.LOCK_SH)


def _write(file: Path, facts: Mapping[str, Any]) -> bool:
    """Write the file, unless another suite runs; return whether it was written."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_text(json.dumps(facts))
    try:
        while True:
            try:
                os.link(part, file)  # Unlike a rename, a link replaces no file that another process has just written.
            except FileExistsError:
                if _read(file) is not None:
                    return False
                file.unlink(missing_ok=True)
            else:
                return True
    finally:
        part.unlink()


def _read(file: Path) -> dict[str, Any] | None:
    """Return the facts of the suite, or None if no suite runs."""
    try:
        facts: dict[str, Any] = json.loads(file.read_text())
        started = psutil.Process(facts["pid"]).create_time()
    except (OSError, psutil.NoSuchProcess):
        return None
    return facts if abs(started - facts["started"]) < CLOCK_SECONDS else None


def _opened(file: Path) -> IO[str] | None:
    try:
        return file.open()
    except FileNotFoundError:  # The suite has just ended.
        return None


def _locked(file: IO[str]) -> bool:
    deadline = time.monotonic() + LOCK_SECONDS
    while not _try(file, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _try(file: IO[str], lock: int) -> bool:
    try:
        fcntl.flock(file, lock | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _say(line: str) -> None:
    print(app_root.as_typed(line), file=sys.stderr, flush=True)
