"""The changes of the file system that the journal makes, each one on its own and flushed to the disk."""

import os
from pathlib import Path


class Disk:
    """The file system. Every method is one step or a few; `step` is called before each of them."""

    def step(self) -> None:
        """Do nothing. Tests end the process here."""

    def make_directory(self, path: Path) -> None:
        """Make a directory, if it does not exist.

        Args:
            path: The directory. Its parent exists.
        """
        self.step()
        path.mkdir(exist_ok=True)
        self.flush_directory(path.parent)

    def write(self, path: Path, content: bytes, mode: int) -> None:
        """Write a file of the journal. An earlier one is replaced.

        Args:
            path: The file.
            content: Its content.
            mode: Its permissions.
        """
        self.step()
        # An earlier one may be read-only.
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb", buffering=0) as file:
            half = len(content) // 2
            for part in (content[:half], content[half:]):
                self.step()
                _write_all(file.fileno(), part)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())

    def rename(self, old: Path, new: Path) -> None:
        """Rename a file in one step, and replace the file of the new name.

        Args:
            old: The file.
            new: Its new name.
        """
        self.step()
        os.replace(old, new)
        self.flush_directory(new.parent)

    def remove(self, path: Path) -> None:
        """Remove a file, if it exists.

        Args:
            path: The file.
        """
        self.step()
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return
        self.flush_directory(path.parent)

    def remove_directory(self, path: Path) -> None:
        """Remove a directory if it exists and is empty.

        Args:
            path: The directory.
        """
        self.step()
        try:
            path.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            # It holds files of the app, or it is a mount: then it stays.
            if not any(path.iterdir()):
                raise
            return
        self.flush_directory(path.parent)

    def flush_directory(self, path: Path) -> None:
        """Flush the names in a directory to the disk.

        Args:
            path: The directory.
        """
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
