"""The lines of a file that may be larger than the memory: read from any offset, a window at a time."""

import re
from collections.abc import Callable

MAX_LINE_BYTES = 64 * 1024
"""The longest line, without its newline: more than a task can hold."""

TOO_LONG = f"it is longer than {MAX_LINE_BYTES:,} bytes"

WINDOW_BYTES = 2 * 1024**2
"""One read of the file."""

NEWLINE = re.compile(rb"\r\n|\r|\n")

SPACES = b" \t\x0b\x0c\r\n"
"""The characters of a line that holds nothing."""


class Lines:
    """Finds lines by the offset at which they begin.

    Args:
        read: Takes an offset and a length in bytes, and returns the bytes there; fewer at the end of the file.
        size: Bytes of the file.

    Attributes:
        size: Bytes of the file.

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
        """Return a line, and where the next one begins.

        Args:
            offset: Where the line begins.

        Returns:
            The line with its newline: nothing at the end of the file, None where it is longer than `MAX_LINE_BYTES`.
            And the offset behind it.
        """
        self._cover(offset, MAX_LINE_BYTES + 2)
        start = offset - self._start
        found = NEWLINE.search(self._window, start, start + MAX_LINE_BYTES + 2)
        end = found.end() if found else len(self._window)
        if (found.start() if found else end) - start > MAX_LINE_BYTES:
            return None, self._behind_newline(offset)
        return self._window[start:end], self._start + end

    def part(self, offset: int, length: int) -> bytes:
        """Return some bytes, from an offset on; fewer at the end of the file."""
        self._cover(offset, length)
        return self._window[offset - self._start : offset - self._start + length]

    def skip_blank_lines(self, offset: int, filling: bytes = b"") -> tuple[int, int]:
        """Skip lines that hold nothing. A file of a hundred million line breaks takes a second.

        Args:
            offset: The beginning of a line.
            filling: Characters that a line may hold and still holds nothing, beside spaces.

        Returns:
            The beginning of the first line that holds something, or the end of the file; and the number of lines
            before it.

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
        """Has the window hold some bytes, as far as the file goes."""
        end = min(offset + length, self.size)
        held = self._start + len(self._window)
        if self._start <= offset and end <= held:
            return
        kept = self._window[offset - self._start :] if self._start <= offset < held else b""
        at = offset + len(kept)
        self._start, self._window = offset, kept + self._read(at, max(end - at, WINDOW_BYTES))
