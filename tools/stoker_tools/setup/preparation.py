"""The preparation of a checkout. One process at a time does it, and the others say for which process they wait."""

import contextlib
import fcntl
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from stoker_tools.setup.place import say

RECORD = ".stoker-preparation.json"
"""The file that names the process which prepares the checkout. It is removed at the end. If the process was killed, the
file stays until the next preparation."""

LOOK_SECONDS = 0.1
"""The time between two looks whether the other process has ended."""

SILENT_SECONDS = 1.0
"""The time for which a process may hold the lock without being named: it has just taken the lock, or it was killed and
its installers are ending."""

TAKING_LONG = "preparing: waiting for the installers of a process that has ended"


@dataclass(frozen=True)
class Preparer:
    """The process that prepares a checkout.

    Attributes:
        pid: Its id.
        command: Its command line.
        since: The time at which it began, in seconds since 1970.
    """

    pid: int
    command: str
    since: float

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since)
        return f"process {self.pid}, which has prepared this checkout since {since:%Y-%m-%d %H:%M:%S}: {self.command}"


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[int]:
    """Let one preparation at a time run in a checkout. If another one runs, say so, and wait for it.

    The kernel removes the lock when this process and its installers have ended, even if they are killed.

    Args:
        root: The checkout. The directory itself is locked.

    Yields:
        The file descriptor of the lock. While an installer inherits it, the lock is held.
    """
    lock = os.open(root, os.O_RDONLY)
    record = root / RECORD
    try:
        _wait(lock, record)
        _write(record)
        try:
            yield lock
        finally:
            record.unlink(missing_ok=True)
    finally:
        os.close(lock)


def _wait(lock: int, record: Path) -> None:
    began, said = time.monotonic(), ""
    while not _try(lock):
        preparer = _read(record)
        line = f"preparing: waiting for {preparer}" if preparer else TAKING_LONG
        if line != said and (preparer or time.monotonic() - began > SILENT_SECONDS):
            say(line)
            said = line
        time.sleep(LOOK_SECONDS)


def _try(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(record: Path) -> None:
    preparer = Preparer(os.getpid(), _command(), time.time())
    part = record.with_name(f"{RECORD}.{preparer.pid}")
    part.write_text(json.dumps(asdict(preparer)))
    part.replace(record)


def _read(record: Path) -> Preparer | None:
    """Return the process that the file names; None if there is no file, or if the process has ended."""
    try:
        preparer = Preparer(**json.loads(record.read_text()))
        os.kill(preparer.pid, 0)
    except PermissionError:  # It is a process of another user.
        return preparer
    except (OSError, ValueError, TypeError):  # No file, no process, or a file of another version.
        return None
    return preparer


def _command() -> str:
    program, *arguments = sys.argv
    is_stoker = Path(program).parent.name == "stoker_tools"
    return shlex.join(["scripts/stoker" if is_stoker else program, *arguments])
