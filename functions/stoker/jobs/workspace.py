"""A folder for one attempt. `/tmp` is memory on Cloud Functions and outlives an invocation, so nothing may stay."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "stoker-job-"


@contextmanager
def workspace() -> Iterator[Path]:
    """Makes an empty folder that only this process may enter, and removes it with all that is in it.

    Folders of processes that have died are removed first: nobody else would.
    """
    for abandoned in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):  # another worker removes it, or works in it
            lock = _locked(abandoned)
            shutil.rmtree(abandoned)
            os.close(lock)
    folder, lock = _made()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def _made() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Between its making and its lock, another worker may have taken it for abandoned.
        with suppress(FileNotFoundError, BlockingIOError):
            lock = _locked(folder)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _locked(folder: Path) -> int:
    """Locks a folder for as long as this process lives, and no longer: not even as a zombie, as a process id does.

    Raises:
        FileNotFoundError: It is gone.
        BlockingIOError: A living process has it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor
