"""The missing share of a file that is cut off, by the sizes of its outermost parts. The child process that opens files
imports it."""

from itertools import islice

from stoker.probe.boxes import HEAD_BYTES, top_level
from stoker.probe.read_at import ReadAt

MAX_PARTS = 20_000
"""Boxes or chunks that are read: a film of four hours in fragments of two seconds has 14,400 boxes."""

PLACEHOLDER = 0x7FFF0000
"""A size of this or more means that the size is unknown. Source: SoX, `wavwritehdr` in wav.c; ffmpeg sets all bits."""

MAX_TAG_BYTES = 1024**2
"""The largest ID3 tag before a sound, in bytes."""


def missing_share(container: str, read: ReadAt, size: int, most: int = MAX_PARTS) -> float | None:
    """Return the share of a file that is missing at its end.

    Args:
        container: ffmpeg's names of the file's format, separated by commas.
        read: Reads the file.
        size: The size of the file, in bytes.
        most: The largest number of parts to read.

    Returns:
        The share, from 0 to 1. 0 if the file is whole; None if its format has no sizes.
    """
    for name, end in (("mov", _boxes), ("avi", _chunks), ("wav", _chunks), ("matroska", _segment), ("mp3", _frames)):
        if name in container.split(","):
            wanted = end(read, size, most)
            return None if wanted is None else max(0, wanted - size) / max(wanted, 1)
    return None


def _boxes(read: ReadAt, size: int, most: int) -> int | None:
    """Return the size of a whole MP4. Source: ISO/IEC 14496-12, 4.2."""
    end = 0
    for kind, offset, length in islice(top_level(read), most):
        if length == 0 and any(kind):  # The box goes to the end of the file.
            return size
        if length < HEAD_BYTES:
            return None
        end = offset + length
        if end >= size:
            return end
    rest = size - end
    if rest >= HEAD_BYTES:
        return None
    return end + HEAD_BYTES if rest else end


def _chunks(read: ReadAt, size: int, most: int) -> int | None:
    """Return the size of a whole RIFF file. OpenDML has several RIFF chunks in a row.

    Source: Multimedia Programming Interface and Data Specifications 1.0, RIFF.
    """
    at = 0
    for _ in range(most):
        head = read(at, 8)
        if len(head) < 8 or head[:4] not in (b"RIFF", b"RF64", b"LIST"):
            return at or None
        length = int.from_bytes(head[4:], "little")
        if length == 0 or length >= PLACEHOLDER:
            return None
        at += 8 + length + length % 2
        if at - length % 2 >= size:
            return at - length % 2
    return None


def _segment(read: ReadAt, *_: int) -> int | None:
    """Return the size of a whole Matroska file: an EBML header and a segment. Source: RFC 8794, 4 to 6; RFC 9559."""
    at = 0
    for kind in (b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"):
        head = read(at, 12)
        if head[:4] != kind or len(head) < 12 or not head[4]:
            return None
        width = 9 - head[4].bit_length()
        length = int.from_bytes(head[4 : 4 + width], "big") & ((1 << 7 * width) - 1)
        if length == (1 << 7 * width) - 1:
            return None
        at += 4 + width + length
    return at


def _frames(read: ReadAt, *_: int) -> int | None:
    """Return the size of a whole MP3, from the tag of Xing and LAME.

    Source: http://gabriel.mp3-tech.org/mp3infotag.html
    """
    at, tag = 0, read(0, 10)
    if tag[:3] == b"ID3" and len(tag) == 10:
        length = sum((tag[6 + place] & 0x7F) << 7 * (3 - place) for place in range(4))
        if length > MAX_TAG_BYTES:
            return None
        at = 10 + length
    head = read(at, 64)
    for name in (b"Xing", b"Info"):
        place = head.find(name)
        flags = int.from_bytes(head[place + 4 : place + 8], "big")
        if place > 0 and flags & 2:
            count = place + 8 + 4 * (flags & 1)
            return at + int.from_bytes(head[count : count + 4], "big") or None
    return None
