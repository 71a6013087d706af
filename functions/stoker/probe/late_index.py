"""The index of an MP4 that lies behind the pictures, and its form for a place before them.

The boxes, and the numbers in brackets, are those of ISO/IEC 14496-12.
"""

import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from stoker.errors import InputTooLarge
from stoker.probe.boxes import HEAD_BYTES, inner, top_level
from stoker.probe.read_at import ReadAt

MAX_BOXES = 64
"""Boxes that are read on the way to the index. A film has about four boxes at its top level."""

MAX_INDEX_BYTES = 64 * 1024**2
"""The largest index of an MP4, in bytes. Four hours at 60 frames a second take a third of it."""

HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
"""The boxes that lead to the offsets of samples (8.7.5)."""

PLACES = {b"stco": "I", b"co64": "Q"}
"""The boxes that hold the offsets of samples, and the type of each offset."""


def late_index(read: ReadAt, name: str) -> "LateIndex | None":
    """Find the index of an MP4 that lies behind the pictures. Return None if there is none.

    Args:
        read: Reads the file.
        name: The file's name that the user gave.

    Raises:
        InputTooLarge: The index alone is too large.
    """
    data = None
    for kind, offset, size in islice(top_level(read), MAX_BOXES):
        if size < HEAD_BYTES or (kind == b"moov" and data is None):
            return None
        if kind == b"moov" and data is not None:
            if size > MAX_INDEX_BYTES:
                raise InputTooLarge(
                    f"The index of {name!r} has {size / 1024**2:.0f} MiB; the limit is "
                    f"{MAX_INDEX_BYTES // 1024**2} MiB. Upload the file as one that is made for streaming."
                )
            return LateIndex(offset, size, data)
        if kind == b"mdat" and data is None:
            data = offset
    return None


@dataclass(frozen=True)
class LateIndex:
    """A `moov` box that lies behind an `mdat` box.

    Attributes:
        offset: The offset of the `moov` box, in bytes.
        size: The size of the `moov` box, in bytes.
        data: The offset of the first `mdat` box, in bytes. The index is put before it.
    """

    offset: int
    size: int
    data: int

    def before_data(self, moov: bytes) -> bytes:
        """Return the box with the offsets that are right when it stands before the data."""
        # Data behind the index stays in its place.
        return with_moved_offsets(moov, self.size, self.data, self.offset)


def with_moved_offsets(moov: bytes, by: int, begin: int, end: int) -> bytes:
    """Return a `moov` box with the offsets of data that has moved.

    Args:
        moov: The box, with its head or without it.
        by: The bytes by which the data moves towards the end of the file.
        begin: The offset of the start of the data that moves, in bytes.
        end: The offset of its end, in bytes.
    """
    boxes = bytearray(moov)
    _move(boxes, 0, len(boxes), lambda at: at + by if begin <= at < end else at)
    return bytes(boxes)


def _move(boxes: bytearray, begin: int, end: int, place: Callable[[int], int]) -> None:
    for kind, start, stop in inner(boxes, begin, end):
        if kind in HOLDERS:
            _move(boxes, start, stop, place)
        elif kind in PLACES and stop - start >= HEAD_BYTES:
            _move_places(boxes, start + HEAD_BYTES, stop, PLACES[kind], place)


def _move_places(boxes: bytearray, begin: int, end: int, width: str, place: Callable[[int], int]) -> None:
    places = array(width)
    end -= (end - begin) % places.itemsize
    places.frombytes(boxes[begin:end])
    if sys.byteorder == "little":
        places.byteswap()
    new = array(width, map(place, places))
    if sys.byteorder == "little":
        new.byteswap()
    boxes[begin:end] = new.tobytes()
