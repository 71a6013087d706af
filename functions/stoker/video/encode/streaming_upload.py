"""The upload of a large film's outputs while ffmpeg writes them, so that no output is in memory as a whole.

`/tmp` is memory. New bytes of a file are uploaded at once, and their memory is freed by a hole in the file. Three parts
stay: the start of the file, which ffmpeg completes last; its end; and the boxes of an MP4 that hold offsets. In the
end, the start is uploaded, and put before the rest in Cloud Storage. The index of an MP4 is put into the start on this
occasion. ffmpeg would need a second pass through the file to move it.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from stoker.probe.boxes import top_level
from stoker.probe.late_index import late_index
from stoker.probe.read_at import reader
from stoker.storage.outputs import AttemptOutputs, OutputStream

FIRST_BYTES = 4 * 1024**2
"""The start of a file, in bytes, which stays until the file is complete. It has the header, and the pictures that the
check of the output decodes."""

LAST_BYTES = 1024**2
"""The end of the uploaded bytes that stays in the file, because some formats write their duration at the end."""

SENT_BYTES = 2 * 1024**2
"""Bytes that are uploaded at once."""

LOOK_SECONDS = 0.5
"""Seconds between two looks for new bytes."""

BOXED = {".mp4", ".m4a", ".m4s"}
"""The endings of files that are made of boxes (ISO/IEC 14496-12)."""

PUNCH_HOLE, KEEP_SIZE = 0x2, 0x1
"""Source: fallocate(2), linux/falloc.h."""


class StreamingUpload:
    """The upload of an attempt's large files while they are written.

    Args:
        folder: The folder in which the files are written.
        outputs: The attempt's outputs in Cloud Storage.
    """

    def __init__(self, folder: Path, outputs: AttemptOutputs) -> None:
        self._folder = folder
        self._outputs = outputs
        self._uploaded: dict[str, _StreamedFile] = {}

    @contextmanager
    def following(self, names: Sequence[str], check: Callable[[], None]) -> Iterator[Callable[[], None]]:
        """Upload files while the block writes them. When the block ends, upload the rest.

        Args:
            names: The names of the files.
            check: Called before each piece that is uploaded after the block. If it raises an exception, the work ends.

        Yields:
            A function to call repeatedly within the block. It raises the error of the upload, if there is one.
        """
        over, errors = threading.Event(), list[Exception]()

        def follow(files: Sequence[_StreamedFile]) -> None:
            try:
                while not over.wait(LOOK_SECONDS):
                    for file in files:
                        file.follow(over.is_set)
            except Exception as error:
                errors.append(error)  # `check_thread` raises it.

        def check_thread() -> None:
            if errors:
                raise errors[0]

        with ExitStack() as streams:
            files = [_StreamedFile(self._folder / name, self._outputs, streams) for name in names]
            thread = threading.Thread(target=follow, args=(files,), daemon=True)
            thread.start()
            try:
                yield check_thread
            finally:
                over.set()
                thread.join()
            check_thread()
            for file in files:
                file.finish(check)
        self._uploaded |= {file.path.name: file for file in files if file.stream}

    def __contains__(self, name: str) -> bool:
        return name in self._uploaded

    def complete(
        self,
        name: str,
        content_type: str,
        check: Callable[[], None],
        recipe: str = "",
        facts: Mapping[str, Any] | None = None,
        parts: Sequence[str] = (),
    ) -> tuple[str, str]:
        """Complete an uploaded file in Cloud Storage. Arguments and result are those of `AttemptOutputs.upload`."""
        file = self._uploaded[name]
        assert file.stream is not None
        return self._outputs.join(name, content_type, file.first(), file.stream, check, recipe, facts, parts)


class _StreamedFile:
    """A file that is uploaded while it is written.

    Attributes:
        path: The path of the file.
        stream: The object with all bytes but the file's start; None while the file is too small.
    """

    def __init__(self, path: Path, outputs: AttemptOutputs, streams: ExitStack) -> None:
        self.path = path
        self.stream: OutputStream | None = None
        self._outputs = outputs
        self._streams = streams
        self._sent = self._freed = FIRST_BYTES
        self._box = 0
        self._boxed = path.suffix in BOXED

    def follow(self, stopped: Callable[[], bool]) -> None:
        """Upload the new bytes in pieces of `SENT_BYTES`, until there are fewer or `stopped` returns true."""
        if self.path.exists():
            with self.path.open("r+b") as content:
                end = self._end(content)
                while end - self._sent >= SENT_BYTES and not stopped():
                    self._send(content, SENT_BYTES)

    def finish(self, check: Callable[[], None]) -> None:
        """Upload the rest of a complete file. A file that is too small for this gets its index first instead."""
        if not self.path.exists():
            return
        with self.path.open("r+b") as content:
            end = self._end(content)
            while end - self._sent >= (1 if self.stream else SENT_BYTES):
                check()
                self._send(content, min(SENT_BYTES, end - self._sent))
        if self.stream is None and self._boxed:
            self.path.write_bytes(self.first())

    def _send(self, content: BinaryIO, length: int) -> None:
        if self.stream is None:
            self.stream = self._streams.enter_context(self._outputs.rest(self.path.name))
        content.seek(self._sent)
        self.stream.write(content.read(length))
        self._sent += length
        self._free(content, self._sent - LAST_BYTES)

    def first(self) -> bytes:
        """Return the bytes that are not uploaded. In an MP4, the index from the file's end is put before the data."""
        length = FIRST_BYTES if self.stream else self.path.stat().st_size
        with self.path.open("rb") as content:
            read = reader(content)
            index = late_index(read, self.path.name) if self._boxed else None
            if index is None:
                return read(0, length)
            moved = index.before_data(read(index.offset, index.size))
            return read(0, index.data) + moved + read(index.data, min(length, index.offset) - index.data)

    def _end(self, content: BinaryIO) -> int:
        """Return the end of the bytes that may be uploaded. The index of an MP4 at the file's end stays.

        The size of the file is read first, and the box of the data after it. ffmpeg writes the size of that box before
        it writes the index, so the index is never taken for data.
        """
        size = os.fstat(content.fileno()).st_size
        if self._boxed:
            for kind, offset, length in top_level(reader(content)):
                if kind == b"mdat" and length:
                    return min(size, offset + length)
                if kind in (b"moov", b"mdat"):
                    break
        return size

    def _free(self, content: BinaryIO, until: int) -> None:
        """Free the memory of the bytes before an offset."""
        if not self._boxed:
            _punch(content, self._freed, until)
        else:
            for kind, offset, length in top_level(reader(content), self._box):
                if kind == b"mdat":
                    end = offset + length if length else until
                    _punch(content, max(self._freed, offset + 16), min(end, until))
                if not length or offset + length > until:
                    break
                self._box = offset + length
        self._freed = max(self._freed, until)


def _punch(content: BinaryIO, begin: int, end: int) -> None:
    """Turn bytes of a file into a hole. If the system can't, they stay, and count towards the limit of the folder."""
    if sys.platform == "linux" and begin < end:
        where = ctypes.c_int64(begin), ctypes.c_int64(end - begin)
        ctypes.CDLL(None).fallocate(content.fileno(), PUNCH_HOLE | KEEP_SIZE, *where)
