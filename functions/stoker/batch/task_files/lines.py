"""The lines of a file that may be larger than the memory. It is read from any offset, window by window."""

import re
from collections.abc import Callable

MAX_LINE_BYTES = 64 * 1024
"""The bytes of the longest line, without its newline. The largest task has less."""

TOO_LONG = f"it is longer than {MAX_LINE_BYTES:,} bytes"

WINDOW_BYTES = 2 * 1024**2
"""The bytes of a read of the file."""

NEWLINE = re.compile(rb"\r\n|\r|\n")

SPACES = b" \t\x0b\x0c\r\n"
"""The characters of a blank line."""


class Lines:
    """The lines of a file, which are found by the offset at which they begin.

    Args:
        read: Takes an offset and a length in bytes, and returns the bytes there; fewer at the end of the file.
        size: The size of the file in bytes.

    Attributes:
        size: The size of the file in bytes.

    Example:
        >>> text = b"one\\r\\ntwo"
        >>> lines = Lines(lambda offset, length: text[offset : offset + length], len(text))
        >>> lines.at(0), lines.at(5), lines.at(8)
        ((b'one\\r\\n', 5), (b'two', 8), (b'', 8))
    """

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read = read
        self.size = size
        self._start = 0
        self._window = b""

    def at(self, offset: int) -> tuple[bytes | None, int]:
        """Read a line.

        Args:
            offset: The offset of the line.

        Returns:
            The line with its newline, and the offset of the next line. The line is empty at the end of the file, and
            None if it is longer than `MAX_LINE_BYTES`.
        """
        self._cover(offset, MAX_LINE_BYTES + 2)
        start = offset - self._start
        found = NEWLINE.search(self._window, start, start + MAX_LINE_BYTES + 2)
        end = found.end() if found else len(self._window)
        if (found.start() if found else end) - start > MAX_LINE_BYTES:
            return None, self._behind_newline(offset)
        return self._window[start:end], self._start + end

    def part(self, offset: int, length: int) -> bytes:
        """Read some bytes from an offset on. At the end of the file, there may be fewer.

        Args:
            offset: The offset in bytes.
            length: The number of bytes.
        """
        self._cover(offset, length)
        return self._window[offset - self._start : offset - self._start + length]

    def skip_blank_lines(self, offset: int, filling: bytes = b"") -> tuple[int, int]:
        """Skip blank lines. A file of a hundred million line breaks takes a second.

        Args:
            offset: The offset of a line.
            filling: Characters beside spaces that a blank line may have.

        Returns:
            The offset of the first line that is not blank, or of the end of the file; and the number of skipped lines.

        Example:
            >>> text = b"\\n  \\r\\n,,\\n x"
            >>> lines = Lines(lambda offset, length: text[offset : offset + length], len(text))
            >>> lines.skip_blank_lines(0), lines.skip_blank_lines(0, b",")
            ((5, 2), (8, 3))
        """
        blank = re.compile(b"[" + re.escape(SPACES + filling) + b"]*")
        begin, skipped, at = offset, 0, offset
        while at < self.size:
            self._cover(at, 2)
            start, held = at - self._start, len(self._window)
            found = blank.match(self._window, start)
            end = found.end() if found else start
            goes_on = end == held
            if goes_on and self._start + end < self.size and self._window[end - 1 : end] == b"\r":
                end -= 1  # It may be the first half of a newline.
            newline = max(self._window.rfind(b"\n", start, end), self._window.rfind(b"\r", start, end))
            if newline >= 0:
                begin = self._start + newline + 1
                skipped += self._newlines(start, end)
            at = self._start + end
            if not goes_on:
                return begin, skipped
        return self.size, skipped + (begin < self.size)

    def _newlines(self, start: int, end: int) -> int:
        count = self._window.count
        return count(b"\n", start, end) + count(b"\r", start, end) - count(b"\r\n", start, end)

    def _behind_newline(self, offset: int) -> int:
        while offset < self.size:
            self._cover(offset, WINDOW_BYTES + 1)
            found = NEWLINE.search(self._window, offset - self._start)
            behind = self._start + (found.end() if found else len(self._window))
            if found and (found.group() != b"\r" or found.end() < len(self._window) or behind == self.size):
                return behind
            # A carriage return that ends the window may be the first half of a newline: look again from there.
            offset = self._start + found.start() if found else behind
        return self.size

    def _cover(self, offset: int, length: int) -> None:
        """Move the window so that it holds some bytes, up to the end of the file."""
        end = min(offset + length, self.size)
        held = self._start + len(self._window)
        if self._start <= offset and end <= held:
            return
        kept = self._window[offset - self._start :] if self._start <= offset < held else b""
        at = offset + len(kept)
        self._start, self._window = offset, kept + self._read(at, max(end - at, WINDOW_BYTES))
