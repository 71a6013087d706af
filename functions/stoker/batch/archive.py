"""A part of an export: a ZIP file that is written as a stream, so it does not need to fit into memory."""

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
"""Names of devices. Windows allows no file with such a name.
Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""


class ArchivePart:
    """A ZIP file of documents, as JSON, and of files, as they are.

    Use it as a context manager. Leaving it without an error completes the ZIP file.

    Args:
        target: The stream to write to. It need not be seekable.
        number: The number of the part, from 1. It is in the names of the entries, so they differ from those of other
            parts.

    Attributes:
        size: The bytes that were added, before compression.
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
            # An open ZIP file would close itself at some later time. After an error, the object in Cloud Storage is
            # dropped with all that was written, so another error in closing must not hide the first error.
            with contextlib.suppress(Exception):
                self._close()

    def _close(self) -> None:
        self._end_list()
        self._zip.close()

    def add_text(self, name: str, text: str) -> None:
        """Add a text as an entry.

        Args:
            name: The name of the entry.
            text: The text.
        """
        self._end_list()
        self._zip.writestr(_entry(name, ZIP_DEFLATED), text)
        self.size += len(text)

    def add_document(self, kind: str, document: dict[str, Any]) -> None:
        """Add a document to the list of its kind. All documents of a kind must be added one after another.

        Args:
            kind: The kind, such as `tasks`.
            document: The document, as JSON.
        """
        if self._kind != kind:
            self._end_list()
            # The size is not known beforehand, and a list may have more than 2 GiB, so the ZIP64 form is used.
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
        """Add a file, and describe it in the part's list of files.

        Args:
            number: The number of the file among all files of the export. It makes the name of the entry unique, also
                on systems that ignore the case of letters.
            facts: The description of the file. It has `path`, the name of the object.
            chunks: The content. It is stored without compression, because films are compressed already.
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
    r"""Return the last part of an object's name, in a form that every system accepts as a file name.

    Args:
        path: The name of the object.

    Example:
        >>> safe_name("user-uploads/ada/cat.mov"), safe_name("a/.."), safe_name("a/C:\\b?.txt "), safe_name("a/nul.txt")
        ('cat.mov', '_', 'C__b_.txt', '_nul.txt')
    """
    name = path.rsplit("/", 1)[-1]
    name = "".join("_" if one in '<>:"|?*\\' or not one.isprintable() else one for one in name)
    # The name is cut, because a file name may have at most 255 bytes on most systems.
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
