"""CSV: columns that are named like a task's fields, and a task in each row."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any

from stoker.batch.task_files.json_lines import NotJson, parsed
from stoker.batch.task_files.lines import MAX_LINE_BYTES, TOO_LONG
from stoker.batch.task_files.task_record import NoTask, Record, TaskFile, task_of
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

DELIMITERS = ",;\t"
"""Spreadsheets of some languages write semicolons."""

SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?\s*', re.IGNORECASE | re.DOTALL)
"""The line before the column names that says to Excel how cells are separated."""

MAX_ROW_LINES = 500
"""The most lines of a row. Without a bound, each line of a file of open quotes would be read a thousand times."""

TOO_MANY_LINES = f"it has more than {MAX_ROW_LINES} lines; perhaps a quote in its first line is not closed"

GIVEN_WORDS = ("status", "priority")
"""Fields whose words are given. Spaces around a word and capitals do not matter."""

WHOLE_NUMBERS = ("estimatedDuration", "actualDuration")


class CsvRows:
    """The records of CSV. Tags are separated by semicolons or commas, subtasks are JSON, and an empty cell is a field
    left out.

    Args:
        file: The file.
        begin: The offset and the number of the first line that is not blank.

    Raises:
        UnsupportedMedia: The first line names no columns of a task.
    """

    def __init__(self, file: TaskFile, begin: tuple[int, int]) -> None:
        self._file = file
        self._lines = lines = file.lines
        offset, number = begin
        line, after = lines.at(offset)
        named = SEPARATOR_LINE.fullmatch(line or b"")
        if named is not None and named[1].isascii():
            self._delimiter = named[1].decode()
            offset, number = after, number + 1
        else:
            self._delimiter = max(DELIMITERS, key=lambda one: (line or b"").count(one.encode()))
        cells, after, count = self._row(offset)
        self._columns = _columns(file.path, cells)
        self.begin = (after, number + count)

    def at(self, offset: int, line: int) -> Record | None:
        """As `Reader.at`."""
        # Spreadsheets end with rows of empty cells. Those without quotes are skipped as blank lines are.
        offset, skipped = self._lines.behind_blank(offset, self._delimiter.encode())
        line += skipped
        cells, after, count = self._row(offset)
        if after == offset:
            return None
        found: ImportedTask | NoTask | None = None
        if isinstance(cells, str):
            found = NoTask((cells,))
        elif any(cell.strip() for cell in cells):
            found = self._found(cells)
        return Record(line, found, after, line + count)

    def _found(self, cells: list[str]) -> ImportedTask | NoTask:
        unnamed = [cell for cell in cells[len(self._columns) :] if cell.strip()]
        unnamed += [cell for column, cell in zip(self._columns, cells, strict=False) if not column and cell.strip()]
        if len(cells) < len(self._columns) or unnamed:
            said = f", of which {unnamed[0][:40]!r} has no name above it" if unnamed else ""
            named = sum(map(bool, self._columns))
            return NoTask((f"it has {len(cells)} cells{said}, and the first line names {named} columns",))
        row = {column: cell for column, cell in zip(self._columns, cells, strict=False) if column and cell}
        fields = _fields(row)
        return NoTask((fields,)) if isinstance(fields, str) else task_of(fields, self._file.dates)

    def _row(self, offset: int) -> tuple[list[str] | str, int, int]:
        """The cells of a row or what is wrong with it, the offset behind it, and the lines that it takes.

        If a row can't be read, only its first line is given up: a row of its own follows a quote that nobody closed.
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
                if len(ends) > MAX_ROW_LINES:
                    raise _Unreadable(TOO_MANY_LINES)
                yield line.decode(self._file.encoding)

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
    """Return the field of each column; nothing for a column without a name. Columns without a name at the end are left
    out."""
    if isinstance(cells, str):
        raise UnsupportedMedia(f"The first line of {path!r} names no columns: {cells}.")
    known = [field.alias or name for name, field in ImportedTask.model_fields.items()]
    by_letters = {_letters(name): name for name in known}
    written = [cell.strip() for cell in cells]
    columns = [by_letters.get(_letters(cell), cell) for cell in written]
    while columns and not columns[-1]:
        columns.pop()
    named = [column for column in columns if column]
    unknown = [column[:40] for column in named if column not in known]
    twice = sorted({column for column in named if named.count(column) > 1} - set(unknown))
    if unknown or twice or "title" not in named:
        said = (f" There are no {', '.join(map(repr, unknown[:20]))}.") if unknown else ""
        said += (f" It names {', '.join(twice)} more than once.") if twice else ""
        raise UnsupportedMedia(
            f"The first line of {path!r} must name each column once, and title among them. There are: "
            f"{', '.join(known)}.{said}"
        )
    return columns


def _letters(name: str) -> str:
    """Return the letters of a column's name, so that `Due Date` and `due_date` name the same field as `dueDate`."""
    return re.sub(r"[\s_-]", "", name).casefold()


def _fields(row: Mapping[str, str]) -> dict[str, Any] | str:
    fields: dict[str, Any] = {**row}
    for name in GIVEN_WORDS:
        if name in row:
            fields[name] = row[name].strip().lower()
    if "category" in row:
        fields["category"] = row["category"].strip()
    if "tags" in row:
        tags = re.split(";" if ";" in row["tags"] else ",", row["tags"])
        fields["tags"] = [tag.strip() for tag in tags if tag.strip()]
    if "subtasks" in row:
        fields["subtasks"] = parsed(row["subtasks"])
        if isinstance(fields["subtasks"], NotJson):
            return 'subtasks: must be JSON, such as [{"title": "Buy earth"}]'
    for name in WHOLE_NUMBERS:
        if name in row and re.fullmatch(r"\s*[+-]?\d{1,18}\s*", row[name], re.ASCII):
            fields[name] = int(row[name])
    return fields
