"""The headers of animated GIF, PNG and WebP: the number of frames, and their durations.

They are read in Python for two reasons: a file of a single frame is a still picture, and PyAV's ffmpeg can't read
animated WebP. Nothing is decoded.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stoker.probe.packet_statistics import MAX_STILLS, STILL_SECONDS
from stoker.probe.read_at import ReadAt

MAX_BLOCKS = 2_000_000
"""Blocks of a file that are read. A GIF of 100 MiB from an encoder has a fifth of this number."""

WINDOW_BYTES = 1024**2
"""Bytes that are read at once."""

SHORT_SECONDS = {"GIF": (0.02, 0.1), "PNG": (0.0, 1 / 15), "WebP": (0.01, 0.1)}
"""The shortest duration that a frame may give, and the duration of a frame that gives a shorter one or 0, in seconds.
Source: the defaults of ffmpeg's demuxers `gif`, `apng` and `webp_anim`."""


class TooManyBlocks(Exception):
    """The file has more than `MAX_BLOCKS` blocks."""


@dataclass(frozen=True)
class Animation:
    """A picture that may move.

    Attributes:
        kind: The format.
        width: Pixels.
        height: Pixels.
        frames: The number of frames in the file, which may be cut off.
        whole: Whether the file is not cut off.
        seconds: The duration of all frames together.
        lossy: Whether the first frame is in YUV. Only for WebP.
        last_seconds: The start of the last frame. Only for WebP.
        stills: The start and end of each frame that lasts longer than `STILL_SECONDS`, in seconds. Only for WebP.
    """

    kind: Literal["GIF", "PNG", "WebP"]
    width: int
    height: int
    frames: int
    whole: bool
    seconds: float
    lossy: bool = False
    last_seconds: float = 0
    stills: tuple[tuple[float, float], ...] = ()


def animation(read: ReadAt) -> Animation | None:
    """Read the headers of a GIF, PNG or WebP. Return None for a broken file, and for a file of another format.

    Args:
        read: Reads the file.

    Raises:
        TooManyBlocks: The file has so many blocks that reading all of them takes too long.
    """
    head = read(0, 30)
    try:
        if head[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack("<HH", head[6:10])
            return Animation("GIF", width, height, *_gif_frames(_Bytes(read), head[10]))
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            width, height = struct.unpack(">II", head[16:24])
            return Animation("PNG", width, height, *_png_frames(read))
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(read, head)
    except (struct.error, IndexError):
        return None
    return None


class _Bytes:
    """The bytes of a file by their offset, with a window of the file in memory."""

    def __init__(self, read: ReadAt) -> None:
        self._read = read
        self._begin, self._window = 0, b""

    def __getitem__(self, at: int) -> int:
        if not self._begin <= at < self._begin + len(self._window):
            self._begin, self._window = at, self._read(at, WINDOW_BYTES)
        return self._window[at - self._begin]

    def get(self, at: int) -> int | None:
        """Return a byte; None behind the end of the file."""
        try:
            return self[at]
        except IndexError:
            return None


def _gif_frames(content: _Bytes, flags: int) -> tuple[int, bool, float]:
    """Count image descriptors. Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, sections 18 to 26."""
    frames, seconds, given = 0, 0.0, 0.0
    at, left = 13 + _table(flags), MAX_BLOCKS
    while (introducer := content.get(at)) in (0x21, 0x2C):
        left -= 1  # Blocks are counted here as well, because a block may be empty.
        if left < 0:
            raise TooManyBlocks
        try:
            if introducer == 0x2C:
                frames += 1
                seconds, given = seconds + _lasting("GIF", given), 0.0
                at += 10 + _table(content[at + 9]) + 1
            else:
                if content[at + 1] == 0xF9:
                    given = (content[at + 4] + 256 * content[at + 5]) / 100
                at += 2
            while size := content[at]:
                at += size + 1
                left -= 1
                if left < 0:
                    raise TooManyBlocks
        except IndexError:
            return frames, False, seconds
        at += 1
    return frames, True, seconds  # Some encoders forget the trailer.


def _lasting(kind: str, given: float) -> float:
    """Return the duration for which a frame is shown, in seconds, from the duration that it gives."""
    least, default = SHORT_SECONDS[kind]
    return given if given and given >= least else default


def _table(flags: int) -> int:
    """Return the size of a colour table, in bytes."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _png_frames(read: ReadAt) -> tuple[int, bool, float]:
    """Count the `fcTL` chunks, if there is an `acTL` chunk.

    Source: https://www.w3.org/TR/png-3/#apng-frame-based-animation
    """
    frames, animated, whole, seconds = 0, False, False, 0.0
    for at, kind, _ in _chunks(read, 8, ">I4s", 4):
        animated |= kind == b"acTL"
        whole |= kind == b"IEND"
        if kind == b"fcTL":
            part, of = struct.unpack(">HH", read(at + 20, 4))
            seconds += _lasting("PNG", part / (of or 100))
            frames += 1
        if whole:
            break
    return (frames if animated else 1), whole, seconds


def _webp(read: ReadAt, head: bytes) -> Animation | None:
    """Read the sizes and times of frames. Source: https://developers.google.com/speed/webp/docs/riff_container"""
    if head[12:16] != b"VP8X" or not head[20] & 2:
        return Animation("WebP", 0, 0, 1, whole=True, seconds=0)
    width, height = (1 + int.from_bytes(head[place : place + 3], "little") for place in (24, 27))
    frames, seconds, last, lossy = 0, 0.0, 0.0, False
    stills: list[tuple[float, float]] = []
    for at, kind, size in _chunks(read, 12, "<4sI", 0):
        if kind == b"ANMF" and size >= 16:
            frame = read(at, 20)
            last = seconds
            seconds += _lasting("WebP", int.from_bytes(frame[12:15], "little") / 1000)
            if seconds - last > STILL_SECONDS and len(stills) < MAX_STILLS:
                stills.append((last, seconds))
            lossy = lossy or (frames == 0 and frame[16:20] != b"VP8L")
            frames += 1
    end = 8 + int.from_bytes(head[4:8], "little")
    whole = len(read(end - 1, 1)) == 1
    return Animation("WebP", width, height, frames, whole, seconds, lossy, last, tuple(stills))


def _chunks(read: ReadAt, at: int, form: str, behind: int) -> Iterator[tuple[int, bytes, int]]:
    """Iterate over the chunks of a file: the offset, the kind and the size of each chunk's content.

    Args:
        read: Reads the file.
        at: The offset of the first chunk, in bytes.
        form: The `struct` format of a chunk's kind and size.
        behind: Bytes after each content; 0 if a content of odd size is padded with a byte instead.
    """
    for _ in range(MAX_BLOCKS):
        head = read(at, 8)
        if len(head) < 8:
            return
        first, second = struct.unpack(form, head)
        kind, size = (second, first) if isinstance(first, int) else (first, second)
        yield at + 8, kind, size
        at += 8 + size + (behind or size % 2)
    raise TooManyBlocks
