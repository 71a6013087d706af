"""Where the fragments of an MP4 lie, and when each begins: what an HLS playlist tells of a file.

ffmpeg's own HLS muxer adds up the durations that frames bring along, which are guesses where the frame rate varies.
Boxes are read as ISO/IEC 14496-12 has them; the file is one that ffmpeg has just written, with one track.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from stoker.probe.boxes import top_level
from stoker.probe.probe import NotReadable

DATA_OFFSET, FIRST_FLAGS, DURATION, BYTES, FLAGS, COMPOSITION = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800
"""What a `trun` box may hold (8.8.8.2), and, from DURATION on, what it holds of each sample."""

BASE_OFFSET, DESCRIPTION, DEFAULT_DURATION, DEFAULT_BYTES = 0x1, 0x2, 0x8, 0x10
"""What a `tfhd` box may hold (8.8.7.2)."""


@dataclass(frozen=True)
class Fragment:
    """A `moof` and its `mdat`.

    Attributes:
        offset: Bytes from the start of the file.
        size: Bytes.
        start: When its first picture is shown, in seconds.
        end: When its last one ends, in seconds.
        samples: How many pictures or frames of sound it holds.
        key_size: Bytes from its start to the end of its first sample.
    """

    offset: int
    size: int
    start: float
    end: float
    samples: int
    key_size: int


def fragments(file: Path) -> list[Fragment]:
    """Lists the fragments of a file. What lies before the first one is its header.

    Raises:
        NotReadable: There are none.
    """
    found: list[Fragment] = []
    timescale = 0
    with file.open("rb") as content:
        begun: tuple[int, _Run] | None = None
        for kind, offset, size in top_level(content):
            if kind == b"moov":
                timescale = _timescale(content.read(size - 8))
            elif kind == b"moof" and timescale:
                begun = offset, _run(content.read(size - 8))
            elif kind == b"mdat" and begun:
                at, run = begun
                start, end = run.start / timescale, run.end / timescale
                found.append(Fragment(at, offset + size - at, start, end, run.samples, run.first_end))
                begun = None
    if not found:
        raise NotReadable("it holds no fragments")
    return found


def _box(boxes: bytes, *path: bytes) -> bytes:
    """The content of a box inside of boxes."""
    for wanted in path:
        at = 0
        while at + 8 <= len(boxes):
            size, kind = struct.unpack(">I4s", boxes[at : at + 8])
            if kind == wanted:
                break
            at += max(size, 8)
        else:
            raise NotReadable(f"it holds no {wanted.decode()}")
        boxes = boxes[at + 8 : at + size]
    return boxes


def _timescale(moov: bytes) -> int:
    """Units in a second."""
    mdhd = _box(moov, b"trak", b"mdia", b"mdhd")
    return int.from_bytes(mdhd[20:24] if mdhd[0] == 1 else mdhd[12:16])


@dataclass(frozen=True)
class _Run:
    """What a `moof` says of its samples.

    Attributes:
        start: When the first sample is shown, in units of the track.
        end: When the sample that is shown last is over.
        samples: How many there are.
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
    told = [dict(zip(columns, row, strict=True)) for row in rows] or [{}] * samples
    # What all samples have in common is told once.
    common = 0 if DURATION in columns else _default(tfhd, DEFAULT_DURATION)
    shown, duration = [], 0
    for sample in told:
        shown.append(decoded + sample.get(COMPOSITION, 0))
        duration = sample.get(DURATION, common)
        decoded += duration
    first = told[0][BYTES] if BYTES in columns else _default(tfhd, DEFAULT_BYTES)
    # The places of samples are counted from the `moof` (`default_base_moof`).
    data = int.from_bytes(trun[8:12]) if flags & DATA_OFFSET else len(moof) + 16
    return _Run(shown[0], max(shown) + duration, samples, data + first)


def _default(tfhd: bytes, wanted: int) -> int:
    """What all samples of a track have in common."""
    flags = int.from_bytes(tfhd[1:4])
    if not flags & wanted:
        raise NotReadable("it tells neither the durations nor the sizes of its samples")
    before = ((BASE_OFFSET, 8), (DESCRIPTION, 4), (DEFAULT_DURATION, 4))
    at = 8 + sum(size for flag, size in before if flags & flag and flag < wanted)
    return int.from_bytes(tfhd[at : at + 4])
