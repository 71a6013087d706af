"""A JSON list of objects, which may be larger than the memory."""

import re

from stoker.batch.task_files.json_lines import NotJson, parsed
from stoker.batch.task_files.lines import MAX_LINE_BYTES, TOO_LONG
from stoker.batch.task_files.record import Record, TaskFile, task_of, wrong
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

CHUNK_BYTES = MAX_LINE_BYTES

SPACE = b" \t\r\n"
NO_SPACE = re.compile(rb"[^ \t\r\n]")

IN_TEXT = re.compile(rb'["\\]')
OUTSIDE = re.compile(rb'["{}\[\],]')

TAIL_BYTES = 4096
"""The end of the file in which the end of the list must be. Only space follows a list."""


class JsonList:
    """The records of a JSON list. A record ends at the comma or the bracket behind it.

    Args:
        file: The file.
        begin: The offset of the line with the opening bracket.

    Raises:
        UnsupportedMedia: The list does not end.
    """

    def __init__(self, file: TaskFile, begin: int) -> None:
        self._file = file
        self._lines = lines = file.lines
        self.begin = (self._behind_space(begin), 1)
        tail = max(lines.size - TAIL_BYTES, 0)
        if not lines.part(tail, TAIL_BYTES).rstrip(SPACE).endswith(b"]"):
            raise UnsupportedMedia(
                f"The file {file.path!r} is a JSON list that does not end with ']'. Perhaps a part of it is missing. "
                "Save the whole list, and write a new job."
            )

    def at(self, offset: int, line: int) -> Record | None:
        """As `Reader.at`. The line is the number of the item."""
        separator = self._behind_space(offset)
        sign = self._lines.part(separator, 1)
        if sign == b"":
            return None
        if sign == b"]":
            behind = self._behind_space(separator + 1)
            if behind == self._lines.size:
                return None
            return Record(line, wrong("it follows the end of the list"), self._lines.size, line + 1)
        is_separator = sign == b"," or separator == self.begin[0]
        begin = self._behind_space(separator + is_separator)
        if separator == self.begin[0] and self._lines.part(begin, 1) == b"]":
            return self.at(begin, line)
        end = self._end(begin + (not is_separator))
        if not is_separator:
            return Record(line, wrong("a comma is missing before it"), end, line + 1)
        return Record(line, self._found(begin, end), end, line + 1)

    def _found(self, begin: int, end: int) -> ImportedTask | str:
        text = self._lines.part(begin, min(end - begin, MAX_LINE_BYTES)).rstrip(SPACE)
        if self._behind_space(begin + len(text)) < end:
            return wrong(TOO_LONG)
        value = parsed(text.decode(self._file.encoding))
        return wrong(str(value)) if isinstance(value, NotJson) else task_of(value, self._file.dates)

    def _behind_space(self, offset: int) -> int:
        while chunk := self._lines.part(offset, CHUNK_BYTES):
            found = NO_SPACE.search(chunk)
            if found is not None:
                return offset + found.start()
            offset += len(chunk)
        return self._lines.size

    def _end(self, offset: int) -> int:
        """Return the offset of the first comma or closing bracket behind an offset that is in no text, list or object
        which begins there; the end of the file if there is none."""
        depth, in_text = 0, False
        while chunk := self._lines.part(offset, CHUNK_BYTES):
            at = 0
            while (found := (IN_TEXT if in_text else OUTSIDE).search(chunk, at)) is not None:
                sign, at = found.group(), found.end()
                if sign == b"\\":
                    at += 1  # The next character ends no text. It may be in the next chunk.
                elif sign == b'"':
                    in_text = not in_text
                elif sign in b"{[":
                    depth += 1
                elif depth == 0:
                    return offset + found.start()
                elif sign in b"}]":
                    depth -= 1
            offset += max(at, len(chunk))
        return self._lines.size
