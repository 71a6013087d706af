"""A change of many files that happens as a whole or not at all, even if the process is killed.

The old and the new files are staged in `.stoker/journal`. When `journal.json` stands there, the change counts: whoever
comes next finishes it. Before that, or if a step fails, all is undone. The lock is on the folder of the app itself, so
it leaves no file.
"""

import contextlib
import fcntl
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.disk import Disk
from stoker_tools.install.errors import InstallError

FOLDER = PurePosixPath(".stoker/journal")
FILE = "journal.json"
UNDO = "undo"
"""A file that says: bring back the old state."""

JOURNAL_FILE = 0o600
"""The permissions of the journal's own files. The staged files have those of the files that they become."""


@dataclass(frozen=True)
class Change:
    """The change of one file.

    Attributes:
        path: The path from the root of the app, with `/`.
        old: Its content before; None if there is no such file.
        new: Its content afterwards; None if the file is removed.
    """

    path: str
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True)
class _Step:
    """A change, as `journal.json` has it: the files with the content, and the permissions."""

    path: str
    old: str
    new: str
    mode: int


class Journal:
    """The journal of an app.

    Args:
        root: The folder of the app.
        disk: The file system.
    """

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self._root = root
        self._folder = root / FOLDER
        self._disk = disk or Disk()

    def carry_out(self, changes: Sequence[Change], emptied: Iterable[str] = ()) -> None:
        """Change all files, or none of them. Call it under the lock.

        Args:
            changes: The changes.
            emptied: Directories that are removed afterwards if they are empty, the inner ones first.

        Raises:
            InstallError: A file is no longer as the changes say, or a step failed. Nothing has changed then.
        """
        for change in changes:
            if content_of(self._target(change.path)) != change.old:
                raise InstallError(f"{change.path} has changed in the meantime. Nothing was done: try again.")
        try:
            self._stage(changes, list(emptied))
        except OSError as error:
            self._discard()
            raise InstallError(f"Nothing was changed: {error.filename}: {error.strerror}.") from error
        try:
            self._apply()
        except OSError as error:
            self._disk.write(self._folder / UNDO, b"", JOURNAL_FILE)
            self._disk.flush_directory(self._folder)
            self._undo()
            self._discard()
            raise InstallError(f"All was undone: {error.filename}: {error.strerror}.") from error
        self._discard()

    def finish_or_undo(self) -> str:
        """Finish or undo what a killed command has left. Call it under the lock.

        Returns:
            A sentence about it; empty if there was nothing to do.

        Raises:
            InstallError: A file has been changed since, so that it is neither as before nor as meant.
        """
        if not self._folder.is_dir():
            # A kill may have come before the journal's folder was made, or after it was removed.
            if is_left(self._root):
                self._disk.remove_directory(self._folder.parent)
            return ""
        if not (self._folder / FILE).exists():
            self._discard()
            return "A command was ended before it changed anything, or after it had changed all."
        if (self._folder / UNDO).exists():
            self._undo()
            self._discard()
            return "A command was ended while it was undone. All is as before it."
        self._apply()
        self._discard()
        return "A command was ended in the middle. Its changes are finished now."

    def _stage(self, changes: Sequence[Change], emptied: Sequence[str]) -> None:
        disk = self._disk
        disk.make_directory(self._folder.parent)
        disk.make_directory(self._folder)
        steps = []
        for number, change in enumerate(changes):
            target = self._target(change.path)
            mode = _new_mode() if change.old is None else stat.S_IMODE(target.stat().st_mode)
            names = []
            for kind, content in (("old", change.old), ("new", change.new)):
                name = f"{number}.{kind}" if content is not None else ""
                if content is not None:
                    disk.write(self._folder / name, content, mode)
                names.append(name)
            steps.append(_Step(change.path, names[0], names[1], mode))
        missing = [str(path) for path in self._missing([change.path for change in changes if change.new is not None])]
        written = {"steps": [asdict(step) for step in steps], "made": missing, "emptied": list(emptied)}
        disk.write(self._folder / f"{FILE}.new", json.dumps(written).encode(), JOURNAL_FILE)
        disk.flush_directory(self._folder)
        disk.rename(self._folder / f"{FILE}.new", self._folder / FILE)

    def _missing(self, paths: Iterable[str]) -> list[PurePosixPath]:
        """Return the directories that the files need and that do not exist, the outer ones first."""
        parents = {parent for path in paths for parent in PurePosixPath(path).parents}
        return sorted(parent for parent in parents if not (self._root / parent).exists())

    def _apply(self) -> None:
        """Bring the new state. Every step may have been done already."""
        steps, made, emptied = self._read()
        for step in steps:
            self._expect_known(step)
        for directory in made:
            self._disk.make_directory(self._root / directory)
        for step in steps:
            target, staged = self._target(step.path), self._folder / step.new
            if not step.new:
                self._disk.remove(target)
            elif not _is_equal(target, staged):
                self._replace(staged, target, step.mode)
        for directory in emptied:
            self._disk.remove_directory(self._root / directory)

    def _undo(self) -> None:
        """Bring back the old state. Every step may have been done already."""
        steps, made, emptied = self._read()
        for step in steps:
            self._expect_known(step)
        for directory in reversed(emptied):
            self._disk.make_directory(self._root / directory)
        for step in steps:
            target, staged = self._target(step.path), self._folder / step.old
            if not step.old:
                self._disk.remove(target)
            elif not _is_equal(target, staged):
                self._replace(staged, target, step.mode)
        for directory in reversed(made):
            self._disk.remove_directory(self._root / directory)

    def _replace(self, staged: Path, target: Path, mode: int) -> None:
        """Put a copy of a staged file in its place. The staged file stays, so that the step can be repeated."""
        copy = self._folder / "copy"
        self._disk.write(copy, staged.read_bytes(), mode)
        self._disk.rename(copy, target)

    def _expect_known(self, step: _Step) -> None:
        now = content_of(self._target(step.path))
        known = [content_of(self._folder / name) if name else None for name in (step.old, step.new)]
        if now not in known:
            reason = f"{step.path} was changed after a command was killed, and that command had not finished."
            cure = f"To keep all files as they are now, remove the folder {FOLDER}. Then try again."
            raise InstallError(f"{reason} {cure}")

    def _discard(self) -> None:
        """Remove the journal: first the file that makes it count."""
        if self._folder.is_dir():
            self._disk.remove(self._folder / FILE)
            for path in sorted(self._folder.iterdir()):
                self._disk.remove(path)
            self._disk.remove_directory(self._folder)
        if self._folder.parent.is_dir():
            self._disk.remove_directory(self._folder.parent)

    def _read(self) -> tuple[list[_Step], list[str], list[str]]:
        try:
            written = json.loads((self._folder / FILE).read_text())
            steps = [_Step(**step) for step in written["steps"]]
            directories = [*written["made"], *written["emptied"]]
            staged = [name for step in steps for name in (step.old, step.new)]
            is_whole = all(re.fullmatch(r"(\d+\.(old|new))?", name) for name in staged)
        except (ValueError, TypeError, KeyError):
            is_whole = False
        if not is_whole:
            raise InstallError(
                f"{FOLDER}/{FILE} is damaged. To keep all files as they are, remove the folder {FOLDER}."
            )
        for directory in directories:
            self._target(directory)
        return steps, written["made"], written["emptied"]

    def _target(self, path: str) -> Path:
        """Return the file that a path names. A link is followed, but not out of the app."""
        target = (self._root / path).resolve()
        if not target.is_relative_to(self._root.resolve()):
            raise InstallError(f"{path} lies outside of the app's folder, so it is not changed.")
        return target


def is_left(root: Path) -> bool:
    """Return whether a folder has a journal, or the empty folder of one.

    Args:
        root: The folder, which may be an app.
    """
    folder = (root / FOLDER).parent
    if not folder.is_dir() or folder.stat().st_uid != os.getuid():
        return False  # Nothing is done in the name of somebody else, such as in a shared folder above the app.
    return (root / FOLDER).is_dir() or not any(folder.iterdir())


def finish_killed(start: Path) -> str:
    """Finish or undo what a killed command has left in an app.

    Args:
        start: A folder. The app is there or above.

    Returns:
        A sentence about it; empty if there was nothing to do.

    Raises:
        InstallError: Another command is at work, or a file was changed since.
    """
    for folder in (start, *start.parents):
        if is_left(folder):
            with locked(folder):
                return Journal(folder).finish_or_undo()
    return ""


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other commands from changing an app.

    Args:
        root: The folder of the app.

    Raises:
        InstallError: Another command is at work.
    """
    descriptor = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reason = "Another command installs, updates or removes Stoker here. Wait until it has ended."
            raise InstallError(reason, ExitCode.LOCKED) from None
        yield
    finally:
        os.close(descriptor)


def _new_mode() -> int:
    """Return the permissions of a new file, as the user's umask has them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def content_of(path: Path) -> bytes | None:
    """Return the content of a file; None if there is no such file.

    Args:
        path: The file.

    Raises:
        InstallError: It is a directory.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        raise InstallError(f"{path} is a folder, and Stoker needs a file of this name. Rename the folder.") from None


def _is_equal(path: Path, other: Path) -> bool:
    return content_of(path) == content_of(other)
