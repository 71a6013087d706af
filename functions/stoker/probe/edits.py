"""The edit list of an MP4's picture, and the delay of the first frame after it.

A trim on a telephone leaves all samples in the file. It adds an edit list with the time from which on they are shown.
That time may lie within a frame. Then the next frame is shown a little after the start, but ffmpeg shows it at the
start, and the picture would come earlier than the sound. The boxes are those of ISO/IEC 14496-12. The child process
that opens files imports this module.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Final

from stoker.probe.boxes import HEAD_BYTES, content, inner, top_level
from stoker.probe.read_at import ReadAt

MAX_INDEX_BYTES: Final = 64 * 1024**2
MAX_BOXES: Final = 64
REORDER_SAMPLES: Final = 64
"""The number of samples after which no frame with an earlier time is expected: four times what H.264 allows."""

MAX_SAMPLES: Final = 2_000_000
"""Samples that are read: nine hours at 60 frames a second. A table may claim a thousand times as many."""


def late_seconds(read: ReadAt, track: int) -> float:
    """Return the delay between the start of a track's edit list and its first frame, in seconds.

    It is 0 if there is no edit list that cuts the track's beginning, if the file is no MP4, and if it is broken.

    Args:
        read: Reads the file.
        track: The index of the track among all tracks, from 0.
    """
    moov = _index(read)
    tracks = [moov[begin:end] for kind, begin, end in inner(moov) if kind == b"trak"]
    if track >= len(tracks):
        return 0
    try:
        return _late(tracks[track])
    except (LookupError, struct.error, ZeroDivisionError):
        return 0  # The table is broken. The decoder will report the reason.


def _late(trak: memoryview) -> float:
    edits = [media for media in _edits(content(trak, b"edts", b"elst")) if media >= 0]
    if len(edits) != 1 or edits[0] == 0:
        return 0
    timescale = _timescale(content(trak, b"mdia", b"mdhd"))
    table = (b"mdia", b"minf", b"stbl")
    shown = _shown(content(trak, *table, b"stts"), content(trak, *table, b"ctts"))
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


def _index(read: ReadAt) -> memoryview:
    """Return the content of the `moov` box; empty if there is none."""
    for kind, offset, size in islice(top_level(read), MAX_BOXES):
        if kind == b"moov" and HEAD_BYTES <= size <= MAX_INDEX_BYTES:
            return memoryview(read(offset + HEAD_BYTES, size - HEAD_BYTES))
    return memoryview(b"")


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
