"""Files that are made to harm a worker of pictures."""

import random
import struct
import zlib

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/><script>alert(1)</script></svg>"""
HTML = b"<!doctype html><script>fetch('http://169.254.169.254/')</script>"
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n"
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF")
"""Pillow's names of the formats of sources."""


def png(width: int, height: int, rows: int) -> bytes:
    """Return a PNG of one colour that claims a size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(width * 3 + 1)) for _ in range(rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def flipped(whole: bytes, seed: str) -> bytes:
    """Return a file with one to twelve flipped bits."""
    chance = random.Random(seed)
    made = bytearray(whole)
    for _ in range(chance.randint(1, 12)):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)
