"""A PNG of vertical bars on a transparent background, with one bit for each pixel.

Source: https://www.w3.org/TR/png-3/.
"""

import struct
import zlib
from collections.abc import Sequence

COLOUR = bytes.fromhex("2f80ed")
"""The colour of the bars, a blue that can be seen on white and on black."""


def bars_png(bars: Sequence[tuple[int, int]], size: tuple[int, int]) -> bytes:
    """Return the PNG of a picture with a bar in each column.

    Args:
        bars: The lower and the upper end of each bar, from -128 to 127. Their number is the width of the picture.
        size: The width and height, in pixels.
    """
    width, height = size
    ends = [(_row(upper, height), _row(lower, height)) for lower, upper in bars]
    lines = bytearray()
    for row in range(height):
        bits = "".join("1" if top <= row <= bottom else "0" for top, bottom in ends)
        lines += b"\0" + int(bits.ljust(-(-width // 8) * 8, "0"), 2).to_bytes(-(-width // 8))
    header = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)
    palette = bytes(3) + COLOUR
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"tRNS", b"\0"), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _row(level: int, height: int) -> int:
    return round((127 - level) / 255 * (height - 1))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
