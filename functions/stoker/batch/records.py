"""The tasks in a file: NDJSON, one JSON object on each line, or CSV with a line of column names."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from pydantic import ValidationError

from stoker.batch.lines import MAX_LINE_BYTES, Lines
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask
from stoker.models.document import problems

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

DELIMITERS = ",;\t"
"""Spreadsheets of some languages write semicolons."""

TOO_LONG = f"it is longer than {MAX_LINE_BYTES:,} bytes"


@dataclass(frozen=True)
class Record:
    """What is found at a place in the file.

    Attributes:
        line: The number of the line on which it begins, from 1.
        found: The task, or a sentence that tells what is wrong with the line; None if all cells of the row are empty.
        after: The offset behind it.
        next_line: The number of the line behind it.
    """

    line: int
    found: ImportedTask | str | None
    after: int
    next_line: int


class Reader(Protocol):
    """Reads one format.

    Attributes:
        begin: The offset and the number of the first line that may hold a task.
    """

    begin: tuple[int, int]

    def at(self, offset: int, line: int) -> Record | None:
        """Read the first record at or behind the beginning of a line; return None if only blank lines follow."""


def reader_of(path: str, content_type: str, lines: Lines) -> Reader:
    """Chooses by the media type, then by the file's name, then by what is in it.

    Raises:
        UnsupportedMedia: It is neither NDJSON nor CSV in UTF-8, or its first line names no columns of a task.
    """
    start = lines.at(0)[0] or b""
    if start.startswith(UTF_16):
        raise UnsupportedMedia(f"The file {path!r} is text in UTF-16. Save it as UTF-8, and write a new job.")
    offset, skipped = lines.behind_blank(len(BYTE_ORDER_MARK) if start.startswith(BYTE_ORDER_MARK) else 0)
    begin, first = (offset, 1 + skipped), (lines.at(offset)[0] or b"").lstrip()
    suffix = PurePosixPath(path).suffix.lower()
    if content_type.startswith(("text/csv", "application/csv")):
        is_csv = True
    elif "json" in content_type:
        is_csv = False
    elif suffix in (".csv", ".ndjson", ".jsonl", ".json"):
        is_csv = suffix == ".csv"
    else:
        is_csv = not first.startswith((b"{", b"["))
    if is_csv:
        return CsvReader(path, lines, begin)
    if first.startswith(b"["):
        raise UnsupportedMedia(f"The file {path!r} is a JSON list. Write each task as an object on a line of its own.")
    return NdjsonReader(lines, begin)


class NdjsonReader:
    """One JSON object on each line."""

    def __init__(self, lines: Lines, begin: tuple[int, int]) -> None:
        self.begin = begin
        self._lines = lines

    def at(self, offset: int, line: int) -> Record | None:
        """As `Reader.at`."""
        offset, skipped = self._lines.behind_blank(offset)
        line += skipped
        text, after = self._lines.at(offset)
        if after == offset:
            return None
        found: ImportedTask | str
        if text is None:
            found = _wrong(TOO_LONG)
        else:
            try:
                found = ImportedTask.model_validate_json(text)
            except ValidationError as error:
                found = _wrong(*problems(error, {}))
        return Record(line, found, after, line + 1)


class CsvReader:
    """Columns that are named like a task's fields, and a task in each row. Tags are separated by semicolons, subtasks
    are JSON, and an empty cell is a field left out."""

    def __init__(self, path: str, lines: Lines, begin: tuple[int, int]) -> None:
        offset, number = begin
        self._lines = lines
        line = lines.at(offset)[0] or b""
        self._delimiter = max(DELIMITERS, key=lambda one: line.count(one.encode()))
        cells, after, count = self._row(offset)
        self._columns = _columns(path, cells)
        self.begin = (after, number + count)

    def at(self, offset: int, line: int) -> Record | None:
        """As `Reader.at`."""
        # Spreadsheets end with rows of empty cells. Those without quotes are skipped as blank lines are.
        offset, skipped = self._lines.behind_blank(offset, self._delimiter.encode())
        line += skipped
        cells, after, count = self._row(offset)
        if after == offset:
            return None
        found: ImportedTask | str | None = None
        if isinstance(cells, str):
            found = _wrong(cells)
        elif not any(cell.strip() for cell in cells):
            found = None
        elif len(cells) != len(self._columns):
            found = _wrong(f"it has {len(cells)} cells, and the first line names {len(self._columns)} columns")
        else:
            found = _task(dict(zip(self._columns, cells, strict=True)))
        return Record(line, found, after, line + count)

    def _row(self, offset: int) -> tuple[list[str] | str, int, int]:
        """The cells of a row or what is wrong with it, the offset behind it, and the lines that it takes.

        Where a row can't be read, only its first line is given up: what follows a quote that nobody closed is a row
        of its own.
        """
        ends = [offset]

        def texts() -> Iterator[str]:
            while True:
                line, after = self._lines.at(ends[-1])
                if after == ends[-1]:
                    return
                ends.append(after)
                if line is None or after - offset > MAX_LINE_BYTES + 2:
                    raise _Unreadable(TOO_LONG)
                try:
                    yield line.decode()
                except UnicodeDecodeError:
                    raise _Unreadable("it is not UTF-8") from None

        try:
            cells = next(csv.reader(texts(), delimiter=self._delimiter, strict=True), [])
        except _Unreadable as reason:
            return str(reason), ends[1], 1
        except csv.Error as reason:
            return f"it is no row of CSV ({reason})", ends[1], 1
        return cells, ends[-1], len(ends) - 1


class _Unreadable(Exception):
    """Text that is no row."""


def _columns(path: str, cells: list[str] | str) -> list[str]:
    if isinstance(cells, str):
        raise UnsupportedMedia(f"The first line of {path!r} names no columns: {cells}.")
    known = [field.alias or name for name, field in ImportedTask.model_fields.items()]
    columns = [cell.strip() for cell in cells]
    unknown = [column[:40] for column in columns if column not in known]
    if unknown or "title" not in columns or len(set(columns)) < len(columns):
        raise UnsupportedMedia(
            f"The first line of {path!r} must name each column once, and title among them. There are: "
            f"{', '.join(known)}." + (f" There are no {', '.join(map(repr, unknown[:20]))}." if unknown else "")
        )
    return columns


def _task(cells: Mapping[str, str]) -> ImportedTask | str:
    row: dict[str, Any] = {column: cell for column, cell in cells.items() if cell}
    if "tags" in row:
        row["tags"] = [tag.strip() for tag in row["tags"].split(";") if tag.strip()]
    if "subtasks" in row:
        try:
            row["subtasks"] = json.loads(row["subtasks"])
        except (ValueError, RecursionError):
            return _wrong('subtasks: must be JSON, such as [{"title": "Buy earth"}]')
    try:
        # All is text: here, and nowhere else, "30" is a number.
        return ImportedTask.model_validate(row, strict=False)
    except ValidationError as error:
        return _wrong(*problems(error, row))


def _wrong(*found: str) -> str:
    return f"This line is no task: {'; '.join(found)}. Correct it, and import it again."
