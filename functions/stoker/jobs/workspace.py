"""A folder for one attempt. `/tmp` is memory on Cloud Functions and outlives an invocation, so nothing may stay."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "stoker-job-"


@contextmanager
def workspace() -> Iterator[Path]:
    """Makes an empty folder that only this process may enter, and removes it with all that is in it.

    Folders of processes that have died are removed first: nobody else would.
    """
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}[0-9]*-*"):
        process = folder.name.removeprefix(PREFIX).split("-")[0]
        if process.isdigit() and not _alive(int(process)):
            # Another worker may be removing the same folder at the same time.
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
