"""A folder for one attempt, which is removed afterwards.

On Cloud Functions, `/tmp` is memory, and its files stay after an invocation. So no file may be left there.
"""

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
    """Make an empty folder that only this user may enter, and remove it with everything in it after the block.

    Folders of processes that have died are removed first, because nothing else removes them.
    """
    for abandoned in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError, BlockingIOError):  # Another worker removes the folder, or works in it.
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
        # Before the folder was locked, another worker may have taken it for abandoned and removed it.
        with suppress(FileNotFoundError, BlockingIOError):
            lock = _locked(folder)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _locked(folder: Path) -> int:
    """Lock a folder while this process lives. Return the file descriptor that holds the lock.

    A lock is better than a process id in the folder's name: a zombie keeps its process id, and has no locks.

    Raises:
        FileNotFoundError: The folder is gone.
        BlockingIOError: A living process holds the lock.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor
