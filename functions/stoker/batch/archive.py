"""One part of an export: a ZIP file that is written as a stream, so that no part of it needs to fit into memory."""

import contextlib
import io
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any, Self, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names of devices, which Windows lets no file have.
Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""


class ArchivePart:
    """A ZIP file that holds documents as JSON, and files as they are.

    Use it as a context manager: on leaving it without an error, the ZIP file is whole.

    Args:
        target: Where to write; it need not be seekable.
        number: The part's, from 1: it makes the names of its entries different from those of the other parts.

    Attributes:
        size: Bytes of what was put in, before they are compressed.
    """

    def __init__(self, target: io.RawIOBase, number: int) -> None:
        self.size = 0
        self._number = number
        self._zip = ZipFile(cast(IO[bytes], target), "w", ZIP_DEFLATED, allowZip64=True)
        self._kind: str | None = None
        self._before = b""
        self._list: IO[bytes] | None = None
        self._files: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for file in self._files:
                    self.add_document("files", file)
                self._close()
        finally:
            # Unclosed, it would close itself some time later. After an error, what it writes is dropped with the
            # object, and what goes wrong with it matters less than the error that is on its way.
            with contextlib.suppress(Exception):
                self._close()

    def _close(self) -> None:
        self._end_list()
        self._zip.close()

    def add_text(self, name: str, text: str) -> None:
        """Put a text in."""
        self._end_list()
        self._zip.writestr(_entry(name, ZIP_DEFLATED), text)
        self.size += len(text)

    def add_document(self, kind: str, document: dict[str, Any]) -> None:
        """Put a document into the list of its kind; documents of a kind come one after another.

        Args:
            kind: Such as `tasks`.
            document: As JSON.
        """
        if self._kind != kind:
            self._end_list()
            # Its size is not known before: the larger form of an entry is for lists beyond 2 GiB.
            self._list = self._zip.open(
                _entry(f"data/{kind}-{self._number:03}.json", ZIP_DEFLATED), "w", force_zip64=True
            )
            self._kind, self._before = kind, b"[\n"
        assert self._list is not None
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()
        self._list.write(self._before + text)
        self._before = b",\n"
        self.size += len(text)

    def add_file(self, number: int, facts: dict[str, Any], chunks: Iterable[bytes]) -> None:
        """Put a file in, and what is known of it into the part's list of files.

        Args:
            number: The file's, of all files of the export: it keeps the names of two files apart, whatever they are
                and whatever a system takes for the same.
            facts: `path` and what else is to be told.
            chunks: The content. Not compressed: films are already.
        """
        self._end_list()
        entry = f"files/{number:06}/{safe_name(facts['path'])}"
        with self._zip.open(_entry(entry, ZIP_STORED), "w", force_zip64=True) as target:
            for chunk in chunks:
                target.write(chunk)
                self.size += len(chunk)
        self._files.append({"entry": entry, **facts})

    def _end_list(self) -> None:
        if self._list is not None:
            self._list.write(b"\n]\n")
            self._list.close()
            self._list = self._kind = None


def safe_name(path: str) -> str:
    r"""Return the last part of an object's name, such that any system takes it for a plain file's name.

    Example:
        >>> safe_name("user-uploads/ada/cat.mov"), safe_name("a/.."), safe_name("a/C:\\b?.txt "), safe_name("a/nul.txt")
        ('cat.mov', '_', 'C__b_.txt', '_nul.txt')
    """
    name = path.rsplit("/", 1)[-1]
    name = "".join("_" if one in '<>:"|?*\\' or not one.isprintable() else one for one in name)
    # Cut to what a file's name may have on any system: 255 bytes.
    stem, dot, suffix = name.rpartition(".")
    if len(name.encode()) > 200:
        name = _cut(stem or suffix, 150) + (dot + _cut(suffix, 40) if stem else "")
    name = name.rstrip(". ").lstrip(" ") or "_"
    return f"_{name}" if RESERVED.fullmatch(name) else name


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _entry(name: str, compression: int) -> ZipInfo:
    entry = ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    entry.compress_type = compression
    entry.external_attr = 0o600 << 16
    return entry
