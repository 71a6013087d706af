"""The version of the source: a hash by which a command finds out whether the deployed source is that of a folder."""

import functools
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

UNKNOWN: Final = "unknown"
"""The version of a process that does not find its source."""


@functools.cache
def running_version() -> str:
    """Return the version of the source that this process runs; `UNKNOWN` if the folder of `main.py` is not found.

    Only the first call reads the files.
    """
    folder = deployed_folder()
    return version_of(folder) if folder is not None else UNKNOWN


def deployed_folder() -> Path | None:
    """Return the folder that is deployed: it holds `main.py`, and `stoker.toml` or the package `stoker`.

    The platform starts a function in this folder. Commands put the folder on `sys.path`.
    """
    for folder in (*map(Path, sys.path), Path.cwd()):
        if (folder / "main.py").is_file() and ((folder / "stoker.toml").is_file() or (folder / "stoker").is_dir()):
            return folder
    return None


def version_of(functions: Path) -> str:
    """Return a hash of the Python files, `requirements.txt` and `stoker.toml`.

    If Stoker is installed from a wheel, `requirements.txt` names the hash of the wheel. Line ends do not count, because
    a checkout on Windows may have others. Parameters do not count either, because each project has its own.

    Args:
        functions: The folder that holds these files.
    """
    digest = hashlib.sha256()
    for file in sorted(_sources(functions)):
        digest.update(f"{file.relative_to(functions).as_posix()}\n".encode())
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def _sources(functions: Path) -> Iterator[Path]:
    """Yield the files that decide what runs. Hidden folders, caches and virtual environments are left out."""
    for child in functions.iterdir():
        if child.name in ("requirements.txt", "stoker.toml") or (child.suffix == ".py" and child.is_file()):
            yield child
        elif child.name != "node_modules" and not child.name.startswith((".", "__")) and _is_own_folder(child):
            yield from _sources(child)


def _is_own_folder(path: Path) -> bool:
    """Return whether a path is a folder, and neither a link, which may lead in a circle, nor a virtual environment."""
    return path.is_dir() and not path.is_symlink() and not (path / "pyvenv.cfg").exists()
