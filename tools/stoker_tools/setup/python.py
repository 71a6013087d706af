"""Virtual environments that are installed from a lock file."""

import sys
from pathlib import Path

from stoker_tools.setup import uv
from stoker_tools.setup.locks import UV, Lock
from stoker_tools.setup.place import Place, Way

RUN_UV = str(Path(uv.__file__).resolve())


def from_lock(path: Path, lock: Lock, root: Path, *, python: Path | None = None, compiled: bool = False) -> Place:
    """Return a virtual environment that uv installs, or pip if uv fails.

    Both install the files whose hashes are in the lock file, and no others.

    Args:
        path: The directory.
        lock: The lock file.
        root: The checkout.
        python: The interpreter; by default, the current one.
        compiled: Whether all modules are compiled at once. Otherwise uv leaves that to the first import of each module.
    """
    inside = str(path / "bin" / "python")
    options = ["--quiet", *(["--compile-bytecode"] if compiled else []), "--python", inside]
    by_uv = [
        [_interpreter(python), "-m", "venv", "--without-pip", str(path)],
        [_interpreter(), RUN_UV, "pip", "install", *options, *_locked(lock, root)],
    ]
    by_pip = _by_pip(path, lock, root, python)
    return Place(path, _inputs(path, lock, root, python), [Way("uv", by_uv), by_pip], helper=uv_itself(root))


def uv_itself(root: Path) -> Place:
    """Return the virtual environment that holds uv. pip installs it.

    Args:
        root: The checkout.
    """
    return Place(uv.HOME, _inputs(uv.HOME, UV, root), [_by_pip(uv.HOME, UV, root)])


def _by_pip(path: Path, lock: Lock, root: Path, python: Path | None = None) -> Way:
    install = [str(path / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", *_locked(lock, root)]
    return Way("pip", [[_interpreter(python), "-m", "venv", str(path)], install])


def _locked(lock: Lock, root: Path) -> list[str]:
    return ["--require-hashes", "-r", str(root / lock.file)]


def _inputs(path: Path, lock: Lock, root: Path, python: Path | None = None) -> list[str]:
    # The path too, because a virtual environment that was moved or copied is broken.
    return [(root / lock.file).read_text(), str(python or sys.version), str(path)]


def _interpreter(python: Path | None = None) -> str:
    """Return the interpreter, or the one that the current virtual environment was made from.

    An environment that is made from another one breaks when that one is removed.
    """
    current: str = getattr(sys, "_base_executable", sys.executable)
    return str(python) if python else current
