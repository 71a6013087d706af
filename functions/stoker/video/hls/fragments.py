"""The fragments of an MP4, with their offsets and times, for the playlists of HLS.

ffmpeg's own HLS muxer adds up the durations of frames, which are guesses if the frame rate varies. The boxes, and the
numbers in brackets, are those of ISO/IEC 14496-12. The file is one that ffmpeg has just written, with one track.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from stoker.probe.boxes import HEAD_BYTES, content, top_level
from stoker.probe.probe import NotReadable
from stoker.probe.read_at import reader

DATA_OFFSET, FIRST_FLAGS, DURATION, BYTES, FLAGS, COMPOSITION = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800
"""The flags of the values in a `trun` box (8.8.8.2). Those from DURATION on are values of each sample."""

BASE_OFFSET, DESCRIPTION, DEFAULT_DURATION, DEFAULT_BYTES = 0x1, 0x2, 0x8, 0x10
"""The flags of the values in a `tfhd` box (8.8.7.2)."""


@dataclass(frozen=True)
class Fragment:
    """A fragment of an MP4: a `moof` box and its `mdat` box.

    Attributes:
        offset: The offset of the fragment in the file, in bytes.
        size: The size of both boxes, in bytes.
        start: The start of the first sample, in seconds.
        end: The end of the last sample, in seconds.
        samples: The number of pictures or of frames of sound.
        key_size: Bytes from the start of the fragment to the end of its first sample.
    """

    offset: int
    size: int
    start: float
    end: float
    samples: int
    key_size: int


def fragments(file: Path) -> list[Fragment]:
    """List the fragments of a file. The bytes before the first fragment are the file's header.

    Raises:
        NotReadable: The file has no fragments.
    """
    found: list[Fragment] = []
    timescale = 0
    with file.open("rb") as opened:
        read = reader(opened)
        begun: tuple[int, _Run] | None = None
        for kind, offset, size in top_level(read):
            if kind == b"moov":
                timescale = _timescale(read(offset + HEAD_BYTES, size - HEAD_BYTES))
            elif kind == b"moof" and timescale:
                begun = offset, _run(read(offset + HEAD_BYTES, size - HEAD_BYTES))
            elif kind == b"mdat" and begun:
                at, run = begun
                start, end = run.start / timescale, run.end / timescale
                found.append(Fragment(at, offset + size - at, start, end, run.samples, run.first_end))
                begun = None
    if not found:
        raise NotReadable("it holds no fragments")
    return found


def _box(boxes: bytes, *path: bytes) -> memoryview:
    found = content(boxes, *path)
    if not found:
        raise NotReadable(f"it holds no {path[-1].decode()}")
    return found


def _timescale(moov: bytes) -> int:
    """Return the track's units of time in a second."""
    mdhd = _box(moov, b"trak", b"mdia", b"mdhd")
    return int.from_bytes(mdhd[20:24] if mdhd[0] == 1 else mdhd[12:16])


@dataclass(frozen=True)
class _Run:
    """The samples of a `moof` box. Times are in the track's units.

    Attributes:
        start: When the first sample is shown.
        end: The end of the sample that is shown last.
        samples: The number of samples.
        first_end: Bytes from the start of the `moof` to the end of the first sample.
    """

    start: int
    end: int
    samples: int
    first_end: int


def _run(moof: bytes) -> _Run:
    tfhd, tfdt, trun = (_box(moof, b"traf", kind) for kind in (b"tfhd", b"tfdt", b"trun"))
    decoded = int.from_bytes(tfdt[4:12] if tfdt[0] == 1 else tfdt[4:8])
    flags, samples = int.from_bytes(trun[1:4]), int.from_bytes(trun[4:8])
    at = 8 + 4 * bool(flags & DATA_OFFSET) + 4 * bool(flags & FIRST_FLAGS)
    columns = [column for column in (DURATION, BYTES, FLAGS, COMPOSITION) if flags & column]
    rows = struct.iter_unpack(f">{len(columns)}i", trun[at : at + 4 * len(columns) * samples]) if columns else ()
    values = [dict(zip(columns, row, strict=True)) for row in rows] or [{}] * samples
    # A duration that all samples share stands in the `tfhd`.
    common = 0 if DURATION in columns else _default(tfhd, DEFAULT_DURATION)
    shown, duration = [], 0
    for sample in values:
        shown.append(decoded + sample.get(COMPOSITION, 0))
        duration = sample.get(DURATION, common)
        decoded += duration
    first = values[0][BYTES] if BYTES in columns else _default(tfhd, DEFAULT_BYTES)
    # The offsets of samples count from the start of the `moof` (`default_base_moof`).
    data = int.from_bytes(trun[8:12]) if flags & DATA_OFFSET else len(moof) + 16
    return _Run(shown[0], max(shown) + duration, samples, data + first)


def _default(tfhd: memoryview, wanted: int) -> int:
    """Return a value that all samples of a track share."""
    flags = int.from_bytes(tfhd[1:4])
    if not flags & wanted:
        raise NotReadable("it gives neither the durations nor the sizes of its samples")
    before = ((BASE_OFFSET, 8), (DESCRIPTION, 4), (DEFAULT_DURATION, 4))
    at = 8 + sum(size for flag, size in before if flags & flag and flag < wanted)
    return int.from_bytes(tfhd[at : at + 4])
