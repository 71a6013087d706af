"""The reader of a JSON list of objects. The list may be larger than the memory."""

import re
from collections.abc import Iterator

from stoker.batch.task_files.json_lines import InvalidJson, parsed
from stoker.batch.task_files.lines import MAX_LINE_BYTES, TOO_LONG
from stoker.batch.task_files.task_record import InvalidRecord, Record, TaskFile, task_of
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

CHUNK_BYTES = MAX_LINE_BYTES

SPACE = b" \t\r\n"
NO_SPACE = re.compile(rb"[^ \t\r\n]")

IN_TEXT = re.compile(rb'["\\]')
BRACKETS = re.compile(rb'["{}\[\]]')
BRACKETS_AND_COMMA = re.compile(rb'["{}\[\],]')

PAIRS = {b"]": b"[", b"}": b"{"}

DEEPEST = 1000
"""The deepest nesting of lists and objects. A task needs only a few levels."""


class JsonList:
    """The records of a JSON list. A record ends at the comma or the bracket after it.

    Args:
        file: The file.
        begin: The offset of the line with the opening bracket.

    Raises:
        UnsupportedMedia: The list does not end, or its brackets do not match. Then it is not clear where an item ends.
    """

    def __init__(self, file: TaskFile, begin: int) -> None:
        self._file = file
        self._lines = file.lines
        self.begin = (self._behind_space(begin), 1)
        self._check_brackets()

    def _check_brackets(self) -> None:
        opened: list[bytes] = []
        for sign, offset in self._signs(self.begin[0], BRACKETS):
            if sign not in PAIRS:
                opened.append(sign)
                if len(opened) > DEEPEST:
                    raise self._refused("has too many lists within each other", offset)
            elif opened.pop() != PAIRS[sign]:
                raise self._refused(f"has a {sign.decode()!r} where another bracket must be closed", offset)
            elif not opened:
                behind = self._behind_space(offset + 1)
                if behind < self._lines.size:
                    raise self._refused("goes on behind its end", behind)
                return
        raise self._refused("does not end", self._lines.size)

    def _refused(self, problem: str, offset: int) -> UnsupportedMedia:
        starts = range(0, offset, CHUNK_BYTES)
        newlines = sum(self._lines.part(at, min(CHUNK_BYTES, offset - at)).count(b"\n") for at in starts)
        return UnsupportedMedia(
            f"The JSON list {self._file.path!r} {problem}, in line {newlines + 1:,}. Save the whole list, and write a "
            "new job."
        )

    def at(self, offset: int, line: int) -> Record | None:
        """As `Reader.at`, with the number of the item as the line."""
        separator = self._behind_space(offset)
        begin = self._behind_space(separator + 1)
        is_first = separator == self.begin[0]
        if self._lines.part(separator, 1) == b"]" or (is_first and self._lines.part(begin, 1) == b"]"):
            return None
        end = self._end(begin)
        return Record(line, self._found(begin, end), end, line + 1)

    def _found(self, begin: int, end: int) -> ImportedTask | InvalidRecord:
        text = self._lines.part(begin, min(end - begin, MAX_LINE_BYTES)).rstrip(SPACE)
        if self._behind_space(begin + len(text)) < end:
            return InvalidRecord((TOO_LONG,))
        value = parsed(text.decode(self._file.encoding))
        return InvalidRecord((str(value),)) if isinstance(value, InvalidJson) else task_of(value, self._file.dates)

    def _behind_space(self, offset: int) -> int:
        while chunk := self._lines.part(offset, CHUNK_BYTES):
            found = NO_SPACE.search(chunk)
            if found is not None:
                return offset + found.start()
            offset += len(chunk)
        return self._lines.size

    def _end(self, offset: int) -> int:
        """Return the offset of the comma or the bracket after the item that begins at an offset."""
        depth = 0
        for sign, at in self._signs(offset, BRACKETS_AND_COMMA):
            if sign in b"{[":
                depth += 1
            elif depth == 0:
                return at
            elif sign in PAIRS:
                depth -= 1
        return self._lines.size

    def _signs(self, offset: int, signs: re.Pattern[bytes]) -> Iterator[tuple[bytes, int]]:
        """Yield signs that are not inside a JSON text, each with its offset."""
        in_text = False
        while chunk := self._lines.part(offset, CHUNK_BYTES):
            at = 0
            while (found := (IN_TEXT if in_text else signs).search(chunk, at)) is not None:
                sign, at = found.group(), found.end()
                if sign == b"\\":
                    at += 1  # Skip the escaped character, which may be in the next chunk.
                elif sign == b'"':
                    in_text = not in_text
                else:
                    yield sign, offset + found.start()
            offset += max(at, len(chunk))
