"""A file name occurs once in `functions/stoker`, so that a name leads to one file.

Rooms that mirror each other on purpose are the exceptions.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final

MIRRORING_DIRECTORIES: Final = {
    "models": "has a file for each room, with the documents of that room",
    "video/outputs": "has a file for each kind of output, with the name of the kind",
}
"""Directories whose files may have the names of files elsewhere, and the reasons."""

MIRRORING_FILES: Final = {
    "calls.py": "the callable functions of a room",
    "client.py": "the connection to a Google service",
    "rebuild.py": "the count of stored figures from their sources, anew",
    "reconcile.py": "the periodic comparison of a room's documents with their source",
    "worker.py": "the entry point of a job type",
}
"""Names that a room may use although another room uses it, and the contents that all these files have."""

PACKAGE_FILES: Final = {"__init__.py", "__main__.py"}


def problems(paths: Iterable[PurePath]) -> Iterator[str]:
    """Yield a sentence for each name that several files have, in the order of the names.

    Args:
        paths: The files, relative to `functions/stoker`.
    """
    for name, found in sorted(shared_names(paths).items()):
        if name not in MIRRORING_FILES:
            yield f"functions/stoker/{found[0]}:1: The name {name} occurs more than once: {', '.join(map(str, found))}"


def shared_names(paths: Iterable[PurePath]) -> dict[str, list[PurePath]]:
    """Return the names that several files have, with the files. Mirroring directories are left out."""
    named: dict[str, list[PurePath]] = {}
    for path in paths:
        if path.name not in PACKAGE_FILES and path.parent.as_posix() not in MIRRORING_DIRECTORIES:
            named.setdefault(path.name, []).append(path)
    return {name: sorted(found) for name, found in named.items() if len(found) > 1}
