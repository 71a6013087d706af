"""The edit list of an MP4's picture, and the delay of the first frame after it.

A trim on a telephone leaves all samples in the file. It adds an edit list with the time from which on they are shown.
That time may lie within a frame. Then the next frame is shown a little after the start, but ffmpeg shows it at the
start, and the picture would come earlier than the sound. The boxes are those of ISO/IEC 14496-12. This module uses
only the standard library, because the process that opens files imports it.
"""

import struct
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

MAX_INDEX_BYTES: Final = 64 * 1024**2
MAX_BOXES: Final = 64
MAX_FILE_BYTES: Final = 1 << 62
"""No file is larger. The size that a box claims may be larger, and no system can seek there."""
REORDER_SAMPLES: Final = 64
"""The number of samples after which no frame with an earlier time is expected: four times what H.264 allows."""

MAX_SAMPLES: Final = 2_000_000
"""Samples that are read: nine hours at 60 frames a second. A table may claim a thousand times as many."""

Read = Callable[[int, int], bytes]
"""Reads bytes of a file: the offset, and how many."""


def late_seconds(read: Read, track: int) -> float:
    """Return the delay between the start of a track's edit list and its first frame, in seconds.

    It is 0 if there is no edit list that cuts the track's beginning, if the file is no MP4, and if it is broken.

    Args:
        read: Reads the file.
        track: The index of the track among all tracks, from 0.
    """
    moov = _index(read)
    tracks = [body for kind, body in _boxes(moov) if kind == b"trak"]
    if track >= len(tracks):
        return 0
    try:
        return _late(tracks[track])
    except (LookupError, struct.error, ZeroDivisionError):
        return 0  # The table is broken. The decoder will report the reason.


def _late(trak: memoryview) -> float:
    edits = [media for media in _edits(_find(trak, b"edts", b"elst")) if media >= 0]
    if len(edits) != 1 or edits[0] == 0:
        return 0
    timescale = _timescale(_find(trak, b"mdia", b"mdhd"))
    table = (b"mdia", b"minf", b"stbl")
    shown = _shown(_find(trak, *table, b"stts"), _find(trak, *table, b"ctts"))
    [start] = edits
    first: int | None = None
    since = 0
    for time in islice(shown, MAX_SAMPLES):
        if time >= start and (first is None or time < first):
            first = time
        since += first is not None
        if since > REORDER_SAMPLES:
            break
    return 0 if first is None else (first - start) / timescale


def _index(read: Read) -> memoryview:
    """Return the content of the `moov` box; empty if there is none."""
    at = 0
    for _ in range(MAX_BOXES):
        head = read(at, 16)
        if len(head) < 16:
            break
        size, kind = struct.unpack(">I4s", head[:8])
        if size == 1:
            (size,) = struct.unpack(">Q", head[8:])
        if size < 8 or at + size > MAX_FILE_BYTES:
            break
        if kind == b"moov":
            return memoryview(read(at + 8, size - 8) if size <= MAX_INDEX_BYTES else b"")
        at += size
    return memoryview(b"")


def _boxes(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        if size < 8 or at + size > len(content):
            return
        yield kind, content[at + 8 : at + size]
        at += size


def _find(content: memoryview, *path: bytes) -> memoryview:
    """Return the content of a nested box; empty if there is none.

    Args:
        content: The content of the outermost box.
        path: The kinds of the boxes, from the outer to the inner.
    """
    for wanted in path:
        content = next((body for kind, body in _boxes(content) if kind == wanted), memoryview(b""))
    return content


def _edits(elst: memoryview) -> list[int]:
    """Return the start of each edit on the track's own clock; -1 for an empty edit."""
    if len(elst) < 8:
        return []
    form = ">QqHH" if elst[0] == 1 else ">IiHH"
    size = struct.calcsize(form)
    count = min(int.from_bytes(elst[4:8]), (len(elst) - 8) // size, MAX_BOXES)
    return [struct.unpack_from(form, elst, 8 + size * number)[1] for number in range(count)]


def _timescale(mdhd: memoryview) -> int:
    """Return the track's units of time in a second."""
    return int.from_bytes(mdhd[20:24] if mdhd[0] == 1 else mdhd[12:16])


def _shown(stts: memoryview, ctts: memoryview) -> Iterator[int]:
    """Iterate over the times at which samples are shown, in the order of the file."""
    decoded = 0
    offsets = _runs(ctts, ">Ii")
    left, offset = 0, 0
    for count, step in _runs(stts, ">II"):
        for _ in range(count):
            if left == 0:
                left, offset = next(offsets, (1 << 32, 0))
            left -= 1
            yield decoded + offset
            decoded += step


def _runs(table: memoryview, form: str) -> Iterator[tuple[int, int]]:
    """Iterate over the runs of a table: the number of samples, and the value that they share."""
    rows = min(int.from_bytes(table[4:8]), max(0, len(table) - 8) // 8)
    for number in range(rows):
        count, value = struct.unpack_from(form, table, 8 + 8 * number)
        if count:
            yield count, value
