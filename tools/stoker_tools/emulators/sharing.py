"""The suite that `scripts/emulators` runs, lent to other programs of the same checkout.

The suite's directory holds a file that says how to reach the suite. The file goes with the directory when the suite
ends. Whoever borrows the suite locks the file, and the clock of the schedules makes no call meanwhile. The kernel
removes the lock when a borrower ends, also if it is killed.
"""

import contextlib
import fcntl
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from stoker_tools.setup.environment import ROOT

FILE = "shared.json"
SECONDS = 10.0
"""The longest wait for scheduled calls to end. Most take well under a second."""


def offer(directory: Path, emulators: Iterable[str], variables: Mapping[str, str]) -> None:
    """Let other programs borrow a suite until its end.

    Args:
        directory: The suite's.
        emulators: The names of those that run.
        variables: By which a process finds the suite.
    """
    facts = {"root": str(ROOT), "emulators": sorted(emulators), "variables": dict(variables)}
    file = directory / FILE
    part = file.with_suffix(".part")
    part.write_text(json.dumps(facts))
    part.rename(file)


@contextlib.contextmanager
def borrowed(needed: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Borrow the suite that runs in this checkout, for the block. A line on standard error says so.

    Args:
        needed: The names of the emulators that must run in it.

    Yields:
        The variables by which a process finds the suite. Empty if no suite runs, or if it can't be used: because it
        lacks an emulator, or because another program has borrowed it.
    """
    for path in Path(tempfile.gettempdir()).glob(f"stoker-*/{FILE}"):
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(path.open())
                facts: dict[str, Any] = json.load(file) if os.fstat(file.fileno()).st_uid == os.getuid() else {}
            except OSError:  # another user's, or its suite has just ended
                continue
            if facts.get("root") != str(ROOT):
                continue
            if missing := sorted(set(needed).difference(facts["emulators"])):
                _say(f"scripts/emulators runs without {', '.join(missing)}: starting another suite")
            elif not _locked(file):
                _say("another program uses the suite of scripts/emulators: starting another suite")
            else:
                _say("using the suite of scripts/emulators; its schedules wait")
                yield facts["variables"]
                return
    yield {}


@contextlib.contextmanager
def not_borrowed(directory: Path) -> Iterator[bool]:
    """Yield whether nobody has borrowed a suite; nobody can borrow it while the block runs.

    Args:
        directory: The suite's.
    """
    try:
        file = (directory / FILE).open()
    except FileNotFoundError:  # it is not offered
        yield True
        return
    with file:
        yield _try(file, fcntl.LOCK_SH)


def _locked(file: IO[str]) -> bool:
    deadline = time.monotonic() + SECONDS
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
    print(line, file=sys.stderr, flush=True)
