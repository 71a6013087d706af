"""The boxes of an MP4 file. Source: ISO/IEC 14496-12, 4.2."""

import struct
from collections.abc import Iterator
from typing import BinaryIO


def top_level(content: BinaryIO, offset: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """The kind, the place and the size of each box from one on; the content is left just behind the box's head. A size
    of 0 is that of a box which goes on to the end, and may grow yet."""
    content.seek(offset)
    while len(head := content.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        if size == 1:  # the size is a long one, and follows
            (size,) = struct.unpack(">Q", content.read(8))
        yield kind, offset, size
        if size < 8:
            return
        offset += size
        content.seek(offset)


def box(kind: bytes, content: bytes) -> bytes:
    """Return the bytes of a box.

    Example:
        >>> box(b"free", b"")
        b'\\x00\\x00\\x00\\x08free'
    """
    return struct.pack(">I4s", 8 + len(content), kind) + content
