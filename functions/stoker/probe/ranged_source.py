"""A film that is too large for `/tmp`. It is read from Cloud Storage by ranges, and sent to ffmpeg through a pipe.

So ffmpeg needs no sockets, and the film is never in memory as a whole. A pipe can't seek. Films make a reader seek only
for the index of an MP4 that lies behind the pictures. So the index is sent first, and the offsets in it are moved by
its own length.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from stoker.probe.late_index import late_index

CHUNK_BYTES = 4 * 1024**2
"""Bytes of one request: enough that the transfer takes longer than the round trip."""


class Readable(Protocol):
    """An object that is read by ranges: a `stoker.storage.sources.Source`."""

    size: int
    path: str

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes; fewer at the end of the object."""


class Remote:
    """A film that stays in Cloud Storage.

    Args:
        source: The film.
        check: Called before each read. If it raises an exception, the work ends.

    Attributes:
        size: Bytes.
    """

    def __init__(self, source: Readable, check: Callable[[], None]) -> None:
        self.size = source.size
        self._source = source
        self._check = check

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes; fewer at the end of the film.

        Raises:
            InputNotFound: The object was deleted or replaced.
            Unavailable: The download broke off.
        """
        self._check()
        return self._source.read(offset, length)

    def in_order(self, container: str) -> Iterator[bytes]:
        """Iterate over the whole film, in an order that a reader can use without seeking.

        Args:
            container: ffmpeg's names of the film's format, separated by commas.

        Raises:
            InputTooLarge: The film's index alone is too large.
            InputNotFound, Unavailable: As `read`.
        """
        index = late_index(self.read, self._source.path) if "mov" in container.split(",") else None
        if index is None:
            yield from self._ranges(0, self.size)
            return
        yield from self._ranges(0, index.data)
        yield index.before_data(self.read(index.offset, index.size))
        yield from self._ranges(index.data, index.offset)
        yield from self._ranges(index.offset + index.size, self.size)

    def _ranges(self, begin: int, end: int) -> Iterator[bytes]:
        """Iterate over the bytes of a range. While the caller works on a chunk, the next chunk is downloaded."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self.read, begin, min(CHUNK_BYTES, end - begin))
            for at in range(begin, end, CHUNK_BYTES):
                chunk = coming.result()
                following = at + CHUNK_BYTES
                if following < end:
                    coming = ahead.submit(self.read, following, min(CHUNK_BYTES, end - following))
                yield chunk
