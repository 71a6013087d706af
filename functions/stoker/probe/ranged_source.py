"""A film that is larger than what fits `/tmp`: read from Cloud Storage by ranges, and handed to ffmpeg by a pipe.

ffmpeg stays without sockets, and the film is at no time in memory as a whole. A pipe can't go back; the one thing for
which films make a reader go back is the index of an MP4 that lies behind its pictures. It is sent first instead, with
the places that it names moved by its own length.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from stoker.probe.late_index import late_index

CHUNK_BYTES = 4 * 1024**2
"""One request: its answer takes longer than its way there and back."""


class Readable(Protocol):
    """What is read by ranges: a `stoker.storage.sources.Source`."""

    size: int
    path: str

    def read(self, offset: int, length: int) -> bytes:
        """Reads bytes; fewer at the end of the file."""


class Remote:
    """A film that stays where it is.

    Args:
        source: The film.
        check: Called before each read; what it raises ends the work.

    Attributes:
        size: Bytes.
    """

    def __init__(self, source: Readable, check: Callable[[], None]) -> None:
        self.size = source.size
        self._source = source
        self._check = check

    def read(self, offset: int, length: int) -> bytes:
        """Reads bytes; fewer at the end of the file.

        Raises:
            InputNotFound: The object was deleted or replaced.
            Unavailable: The download broke off.
        """
        self._check()
        return self._source.read(offset, length)

    def in_order(self, container: str) -> Iterator[bytes]:
        """All of the film, in an order in which it can be read without going back.

        Args:
            container: ffmpeg's names for its format.

        Raises:
            InputTooLarge: Its index alone is too large.
            InputNotFound, Unavailable: As `read`.
        """
        index = late_index(self.read, self._source.path) if "mov" in container.split(",") else None
        if index is None:
            yield from self._ranges(0, self.size)
            return
        yield from self._ranges(0, index.data)
        yield index.moved(self.read(index.offset, index.size))
        yield from self._ranges(index.data, index.offset)
        yield from self._ranges(index.offset + index.size, self.size)

    def _ranges(self, begin: int, end: int) -> Iterator[bytes]:
        """Bytes in their own order; while a chunk is worked on, the next one is on its way."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self.read, begin, min(CHUNK_BYTES, end - begin))
            for at in range(begin, end, CHUNK_BYTES):
                chunk = coming.result()
                following = at + CHUNK_BYTES
                if following < end:
                    coming = ahead.submit(self.read, following, min(CHUNK_BYTES, end - following))
                yield chunk
