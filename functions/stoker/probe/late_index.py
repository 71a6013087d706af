"""The index of an MP4 that lies behind its pictures: found, and made fit to stand before them.

Boxes are read as ISO/IEC 14496-12 has them.
"""

import struct
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from stoker.errors import InputTooLarge

MAX_BOXES = 64
"""On the way to the index; a film has about four at its top level."""

MAX_INDEX_BYTES = 64 * 1024**2
"""Of an MP4: four hours at 60 frames a second take a third of it."""

HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
"""The boxes on the way to the places of samples (8.7.5)."""

PLACES = {b"stco": "I", b"co64": "Q"}
"""The boxes that name the places of samples, and how wide each place is."""


def late_index(read: Callable[[int, int], bytes], name: str) -> "LateIndex | None":
    """Where the index of an MP4 lies, if that is behind the first of its pictures.

    Args:
        read: Reads from a place so many bytes; fewer at the end of the file.
        name: The file as the user knows it.

    Raises:
        InputTooLarge: The index alone is too large.
    """
    at, data = 0, None
    for _ in range(MAX_BOXES):
        head = read(at, 16)
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
                    f"The index of {name!r} has {size / 1024**2:.0f} MiB; the limit is "
                    f"{MAX_INDEX_BYTES // 1024**2} MiB. Upload the file as one that is made for streaming."
                )
            return LateIndex(at, size, data)
        if kind == b"mdat" and data is None:
            data = at
        at += size
    return None


@dataclass(frozen=True)
class LateIndex:
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
        # What lies behind the index stays where it is.
        return moved(moov, self.size, self.data, self.offset)


def moved(moov: bytes, by: int, begin: int, end: int) -> bytes:
    """A `moov` box whose data moves.

    Args:
        moov: The box, with its head or without it.
        by: How far the data moves towards the end of the file, in bytes.
        begin: Where the data begins that moves.
        end: Where it ends.
    """
    boxes = bytearray(moov)
    _move(boxes, 0, len(boxes), lambda at: at + by if begin <= at < end else at)
    return bytes(boxes)


def _move(boxes: bytearray, begin: int, end: int, place: Callable[[int], int]) -> None:
    at = begin
    while at + 8 <= end:
        size, kind = struct.unpack(">I4s", boxes[at : at + 8])
        if size < 8 or at + size > end:
            return  # broken; ffmpeg says how
        if kind in HOLDERS:
            _move(boxes, at + 8, at + size, place)
        elif kind in PLACES and size >= 16:
            _move_places(boxes, at + 16, at + size, PLACES[kind], place)
        at += size


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
