"""A film that is larger than what fits `/tmp`: read from Cloud Storage by ranges, and handed to ffmpeg by a pipe.

ffmpeg stays without sockets, and the film is at no time in memory as a whole. A pipe can't go back; the one thing for
which films make a reader go back is the index of an MP4 that lies behind its pictures. It is sent first instead, with
the places that it names moved by its own length. Boxes are read as ISO/IEC 14496-12 has them.
"""

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from stoker.errors import InputTooLarge

CHUNK_BYTES = 4 * 1024**2
"""One request: its answer takes longer than its way there and back."""

MAX_BOXES = 64
"""On the way to the index; a film has about four at its top level."""

MAX_INDEX_BYTES = 64 * 1024**2
"""Of an MP4: four hours at 60 frames a second take a third of it."""

HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
"""The boxes on the way to the places of samples (8.7.5)."""

PLACES = {b"stco": "I", b"co64": "Q"}
"""The boxes that name the places of samples, and how wide each place is."""


class Readable(Protocol):
    """What is read by ranges: a `stoker.storage.sources.Source`."""

    size: int
    path: str

    def read(self, offset: int, length: int) -> bytes:
        """Reads bytes; fewer at the end of the file."""


class Remote:
    """A film that stays where it is.

    Args:
        source: The film.
        check: Called before each read; what it raises ends the work.

    Attributes:
        size: Bytes.
    """

    def __init__(self, source: Readable, check: Callable[[], None]) -> None:
        self.size = source.size
        self._source = source
        self._check = check

    def read(self, offset: int, length: int) -> bytes:
        """Reads bytes; fewer at the end of the file.

        Raises:
            InputNotFound: The object was deleted or replaced.
            Unavailable: The download broke off.
        """
        self._check()
        return self._source.read(offset, length)

    def in_order(self, container: str) -> Iterator[bytes]:
        """All of the film, in an order in which it can be read without going back.

        Args:
            container: ffmpeg's names for its format.

        Raises:
            InputTooLarge: Its index alone is too large.
            InputNotFound, Unavailable: As `read`.
        """
        index = self._late_index() if "mov" in container.split(",") else None
        if index is None:
            yield from self._ranges(0, self.size)
            return
        yield from self._ranges(0, index.data)
        yield index.moved(self.read(index.offset, index.size))
        yield from self._ranges(index.data, index.offset)
        yield from self._ranges(index.offset + index.size, self.size)

    def _late_index(self) -> "_Index | None":
        """Where the index of an MP4 lies, if that is behind the first of its pictures."""
        at, data = 0, None
        for _ in range(MAX_BOXES):
            head = self.read(at, 16)
            if len(head) < 16:
                return None
            size, kind = struct.unpack(">I4s", head[:8])
            if size == 1:  # the size is a long one, and follows
                (size,) = struct.unpack(">Q", head[8:])
            if size < 8 or (kind == b"moov" and data is None):
                return None
            if kind == b"moov" and data is not None:
                if size > MAX_INDEX_BYTES:
                    raise InputTooLarge(
                        f"The index of {self._source.path!r} has {size / 1024**2:.0f} MiB; the limit is "
                        f"{MAX_INDEX_BYTES // 1024**2} MiB. Upload the file as one that is made for streaming."
                    )
                return _Index(at, size, data)
            if kind == b"mdat" and data is None:
                data = at
            at += size
        return None

    def _ranges(self, begin: int, end: int) -> Iterator[bytes]:
        """Bytes in their own order; while a chunk is worked on, the next one is on its way."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self.read, begin, min(CHUNK_BYTES, end - begin))
            for at in range(begin, end, CHUNK_BYTES):
                chunk = coming.result()
                following = at + CHUNK_BYTES
                if following < end:
                    coming = ahead.submit(self.read, following, min(CHUNK_BYTES, end - following))
                yield chunk


@dataclass(frozen=True)
class _Index:
    """A `moov` box that lies behind an `mdat` box.

    Attributes:
        offset: Where it begins, in bytes.
        size: Bytes.
        data: Where the first `mdat` begins, before which it is put.
    """

    offset: int
    size: int
    data: int

    def moved(self, moov: bytes) -> bytes:
        """The box, as it must be before the data that it tells of."""
        boxes = bytearray(moov)
        self._move(boxes, 0, len(boxes))
        return bytes(boxes)

    def _move(self, boxes: bytearray, begin: int, end: int) -> None:
        at = begin
        while at + 8 <= end:
            size, kind = struct.unpack(">I4s", boxes[at : at + 8])
            if size < 8 or at + size > end:
                return  # broken; ffmpeg says how
            if kind in HOLDERS:
                self._move(boxes, at + 8, at + size)
            elif kind in PLACES and size >= 16:
                self._move_places(boxes, at + 16, at + size, PLACES[kind])
            at += size

    def _move_places(self, boxes: bytearray, begin: int, end: int, width: str) -> None:
        places = array(width)
        end -= (end - begin) % places.itemsize
        places.frombytes(boxes[begin:end])
        if sys.byteorder == "little":
            places.byteswap()
        # What lies behind the index stays where it is.
        moved = array(width, (at + self.size if self.data <= at < self.offset else at for at in places))
        if sys.byteorder == "little":
            moved.byteswap()
        boxes[begin:end] = moved.tobytes()
