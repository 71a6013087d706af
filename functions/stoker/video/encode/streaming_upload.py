"""The outputs of a large film leave for Cloud Storage while ffmpeg writes them, so that none is in memory as a whole.

`/tmp` is memory. Of each file that may be large, what is written is sent at once, and what was sent is given back as a
hole in the file. What stays is its start, which ffmpeg completes at the end; its end; and of an MP4 the boxes that tell
where all lies. At last, the start is put before the rest in Cloud Storage. So the index of an MP4 can be put first as
well, which else takes a second pass through the file.
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
from stoker.storage.outputs import AttemptOutputs, OutputStream

FIRST_BYTES = 4 * 1024**2
"""The start of a file, which stays until it is written: its header, and the pictures that the check opens."""

LAST_BYTES = 1024**2
"""What stays of what was sent: some formats tell at their end how long they are."""

SENT_BYTES = 2 * 1024**2
"""What is read at once, and the least that is worth a look."""

LOOK_SECONDS = 0.5

BOXED = {".mp4", ".m4a", ".m4s"}
"""The files that are made of boxes (ISO/IEC 14496-12)."""

PUNCH_HOLE, KEEP_SIZE = 0x2, 0x1
"""Source: fallocate(2), linux/falloc.h."""


class Departures:
    """The files of one attempt that leave while they are written.

    Args:
        folder: Where they are written.
        outputs: Where they go.
    """

    def __init__(self, folder: Path, outputs: AttemptOutputs) -> None:
        self._folder = folder
        self._outputs = outputs
        self._departed: dict[str, _Departure] = {}

    @contextmanager
    def following(self, names: Sequence[str], check: Callable[[], None]) -> Iterator[Callable[[], None]]:
        """Sends what is written in the block into some files; at its end, all of it.

        Args:
            names: The files.
            check: Called before each piece that is sent after the block; what it raises ends the work.

        Yields:
            What raises the error that keeps them from leaving, where there is one. Call it now and then.
        """
        over, errors = threading.Event(), list[Exception]()

        def follow(files: Sequence[_Departure]) -> None:
            try:
                while not over.wait(LOOK_SECONDS):
                    for file in files:
                        file.follow(over.is_set)
            except Exception as error:
                errors.append(error)  # raised where ffmpeg is watched

        def check_thread() -> None:
            if errors:
                raise errors[0]

        with ExitStack() as streams:
            files = [_Departure(self._folder / name, self._outputs, streams) for name in names]
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
        self._departed |= {file.path.name: file for file in files if file.stream}

    def __contains__(self, name: str) -> bool:
        return name in self._departed

    def arrive(
        self,
        name: str,
        content_type: str,
        check: Callable[[], None],
        recipe: str = "",
        facts: Mapping[str, Any] | None = None,
        parts: Sequence[str] = (),
    ) -> tuple[str, str]:
        """Completes a file in Cloud Storage; as `AttemptOutputs.upload`."""
        file = self._departed[name]
        assert file.stream is not None
        return self._outputs.join(name, content_type, file.first(), file.stream, check, recipe, facts, parts)


class _Departure:
    """One file.

    Attributes:
        path: Where it is written.
        stream: The object of all but its start, once there is enough of it.
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
        """Sends what is there by now, in pieces that are worth it, until it is stopped."""
        if self.path.exists():
            with self.path.open("r+b") as content:
                end = self._end(content)
                while end - self._sent >= SENT_BYTES and not stopped():
                    self._send(content, SENT_BYTES)

    def finish(self, check: Callable[[], None]) -> None:
        """Sends all that is left, once all is written. A file that is too small to leave is arranged instead."""
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
        """What has not left: of an MP4 with the index, which ffmpeg wrote at the end, before the rest."""
        length = FIRST_BYTES if self.stream else self.path.stat().st_size
        with self.path.open("rb") as content:

            def read(offset: int, length: int) -> bytes:
                content.seek(offset)
                return content.read(length)

            index = late_index(read, self.path.name) if self._boxed else None
            if index is None:
                return read(0, length)
            moved = index.moved(read(index.offset, index.size))
            return read(0, index.data) + moved + read(index.data, min(length, index.offset) - index.data)

    def _end(self, content: BinaryIO) -> int:
        """Where what may be sent ends. An index that follows does not belong to it; before ffmpeg writes that, it
        writes the size of what the index is of, so the size is looked at last."""
        size = os.fstat(content.fileno()).st_size
        if self._boxed:
            for kind, offset, length in top_level(content):
                if kind == b"mdat" and length:
                    return min(size, offset + length)
                if kind in (b"moov", b"mdat"):
                    break
        return size

    def _free(self, content: BinaryIO, until: int) -> None:
        """Gives back the memory of what lies before a place."""
        if not self._boxed:
            _punch(content, self._freed, until)
        else:
            for kind, offset, length in top_level(content, self._box):
                if kind == b"mdat":
                    end = offset + length if length else until
                    _punch(content, max(self._freed, offset + 16), min(end, until))
                if not length or offset + length > until:
                    break
                self._box = offset + length
        self._freed = max(self._freed, until)


def _punch(content: BinaryIO, begin: int, end: int) -> None:
    """Makes a hole of bytes of a file. Where the system can't, they stay, and count for what a job may have."""
    if sys.platform == "linux" and begin < end:
        where = ctypes.c_int64(begin), ctypes.c_int64(end - begin)
        ctypes.CDLL(None).fallocate(content.fileno(), PUNCH_HOLE | KEEP_SIZE, *where)
