"""The version of the source: a hash by which a command finds out whether the deployed source is that of a checkout."""

import functools
import hashlib
from pathlib import Path
from typing import Final

FUNCTIONS: Final = Path(__file__).parents[1]
"""The directory that is deployed."""


@functools.cache
def running_version() -> str:
    """Return the version of the source that this process runs. Only the first call reads the files."""
    return version_of(FUNCTIONS)


def version_of(functions: Path) -> str:
    """Return a hash of `main.py`, `requirements.txt` and the package `stoker`.

    Line ends do not count, because a checkout on Windows may have others. Parameters do not count either, because each
    project has its own.

    Args:
        functions: The directory that holds these files.
    """
    digest = hashlib.sha256()
    for file in (functions / "main.py", functions / "requirements.txt", *sorted((functions / "stoker").rglob("*.py"))):
        digest.update(f"{file.relative_to(functions).as_posix()}\n".encode())
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
