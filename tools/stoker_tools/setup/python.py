"""Virtual environments that are installed from a lock file."""

import sys
from pathlib import Path

from stoker_tools.setup import app_root, uv
from stoker_tools.setup.locks import UV
from stoker_tools.setup.place import Place, Way

RUN_UV = str(Path(uv.__file__).resolve())


def from_lock(path: Path, lock: Path, *, python: Path | None = None, compiled: bool = False) -> Place:
    """Return a virtual environment that uv installs, or pip if uv fails.

    Both install the files whose hashes are in the lock file, and no others.

    Args:
        path: The directory.
        lock: The lock file. A path in it is relative to the parent of the directory.
        python: The interpreter; by default, the current one.
        compiled: Whether all modules are compiled at once. Otherwise uv leaves that to the first import of each module.
    """
    helper = uv_itself()
    inside = str(path / "bin" / "python")
    options = ["--quiet", *(["--compile-bytecode"] if compiled else []), "--python", inside]
    by_uv = [
        [_interpreter(python), "-m", "venv", "--without-pip", str(path)],
        [_interpreter(), RUN_UV, str(helper.path), "pip", "install", *options, *_locked(lock)],
    ]
    by_pip = _by_pip(path, lock, python)
    return Place(path, _inputs(path, lock, python), [Way("uv", by_uv), by_pip], helper=helper)


def uv_itself() -> Place:
    """Return the virtual environment that holds uv. pip installs it."""
    path, lock = app_root.place(".uv"), app_root.shipped(UV.file)
    return Place(path, _inputs(path, lock), [_by_pip(path, lock)])


def _by_pip(path: Path, lock: Path, python: Path | None = None) -> Way:
    install = [str(path / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", *_locked(lock)]
    return Way("pip", [[_interpreter(python), "-m", "venv", str(path)], install])


def _locked(lock: Path) -> list[str]:
    # An app may install packages without hashes.
    return [*(["--require-hashes"] if "--hash=" in lock.read_text() else []), "-r", str(lock)]


def _inputs(path: Path, lock: Path, python: Path | None = None) -> list[str]:
    # The path too, because a virtual environment that was moved or copied is broken.
    return [lock.read_text(), str(python or sys.version), str(path)]


def _interpreter(python: Path | None = None) -> str:
    """Return the interpreter, or the one that the current virtual environment was made from.

    An environment that is made from another one breaks when that one is removed.
    """
    current: str = getattr(sys, "_base_executable", sys.executable)
    return str(python) if python else current
