"""The boxes of an MP4 file. Source: ISO/IEC 14496-12, 4.2."""

import struct
from collections.abc import Iterator

from stoker.probe.read_at import ReadAt

Content = bytes | bytearray | memoryview

HEAD_BYTES = 8
"""A box begins with its size and its kind, each of four bytes."""

MAX_FILE_BYTES = 1 << 62
"""No file is larger. The size that a box claims may be larger, and no system can seek there."""


def top_level(read: ReadAt, offset: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Iterate over the outermost boxes of a file: the kind, the offset and the size of each box, in bytes.

    The last box may have the size 0, which means that it goes to the end of the file. Iteration ends after a box whose
    size is not possible.

    Args:
        read: Reads the file.
        offset: The offset of the first box, in bytes.
    """
    while len(head := read(offset, 2 * HEAD_BYTES)) >= HEAD_BYTES:
        size, kind = struct.unpack_from(">I4s", head)
        if size == 1 and len(head) == 2 * HEAD_BYTES:  # The size follows, in eight bytes.
            size = int.from_bytes(head[HEAD_BYTES:])
        yield kind, offset, size
        offset += size
        if size < HEAD_BYTES or offset > MAX_FILE_BYTES:
            return


def inner(boxes: Content, begin: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Iterate over boxes in memory: the kind of each box, and the start and the end of its content.

    Iteration ends at a broken box.

    Args:
        boxes: The bytes with the boxes.
        begin: The offset of the first box.
        end: The end of the last box; None for the end of the bytes.
    """
    end = len(boxes) if end is None else end
    while begin + HEAD_BYTES <= end:
        size, kind = struct.unpack_from(">I4s", boxes, begin)
        if size < HEAD_BYTES or begin + size > end:
            return
        yield kind, begin + HEAD_BYTES, begin + size
        begin += size


def content(boxes: Content, *path: bytes) -> memoryview:
    """Return the content of a nested box; empty if there is none.

    Args:
        boxes: The content of the outermost box.
        path: The kinds of the boxes, from the outer to the inner.

    Example:
        >>> bytes(content(box(b"free", b"") + box(b"trak", box(b"mdia", b"abc")), b"trak", b"mdia"))
        b'abc'
    """
    found = memoryview(boxes)
    for wanted in path:
        begin, end = next(((begin, end) for kind, begin, end in inner(found) if kind == wanted), (0, 0))
        found = found[begin:end]
    return found


def box(kind: bytes, content: bytes) -> bytes:
    """Return the bytes of a box.

    Example:
        >>> box(b"free", b"")
        b'\\x00\\x00\\x00\\x08free'
    """
    return struct.pack(">I4s", HEAD_BYTES + len(content), kind) + content
