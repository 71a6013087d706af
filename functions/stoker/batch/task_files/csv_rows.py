"""The reader of CSV. Columns are named like the fields of `ImportedTask`, and each row is a task."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any

from stoker.batch.task_files.json_lines import InvalidJson, parsed
from stoker.batch.task_files.lines import MAX_LINE_BYTES, TOO_LONG
from stoker.batch.task_files.task_record import InvalidRecord, Record, TaskFile, task_of
from stoker.errors import UnsupportedMedia
from stoker.models.batch import ImportedTask

DELIMITERS = ",;\t"
"""The delimiters of cells. In some languages, spreadsheets write semicolons."""

SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?\s*', re.IGNORECASE | re.DOTALL)
"""A line before the column names that names the delimiter, for Excel."""

MAX_ROW_LINES = 500
"""The most lines of a row. Without a limit, each line of a file with open quotes would be read a thousand times."""

TOO_MANY_LINES = f"it has more than {MAX_ROW_LINES} lines; perhaps a quote in its first line is not closed"

GIVEN_WORDS = ("status", "priority")
"""The fields whose value is one of a list of words. Spaces around the word are removed, and capital letters become
small letters."""

WHOLE_NUMBERS = ("estimatedDuration", "actualDuration")


class CsvRows:
    """The records of a CSV file.

    Tags are separated by semicolons or commas. Subtasks are JSON. An empty cell means that the field is left out.

    Args:
        file: The file.
        begin: The offset and the number of the first line that is not blank.

    Raises:
        UnsupportedMedia: The first line does not name columns of a task.
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
        # Spreadsheets often end with rows of empty cells. If they have no quotes, they are skipped like blank lines.
        offset, skipped = self._lines.skip_blank_lines(offset, self._delimiter.encode())
        line += skipped
        cells, after, count = self._row(offset)
        if after == offset:
            return None
        found: ImportedTask | InvalidRecord | None = None
        if isinstance(cells, str):
            found = InvalidRecord((cells,))
        elif any(cell.strip() for cell in cells):
            found = self._found(cells)
        return Record(line, found, after, line + count)

    def _found(self, cells: list[str]) -> ImportedTask | InvalidRecord:
        unnamed = [cell for cell in cells[len(self._columns) :] if cell.strip()]
        unnamed += [cell for column, cell in zip(self._columns, cells, strict=False) if not column and cell.strip()]
        if len(cells) < len(self._columns) or unnamed:
            details = f", of which {unnamed[0][:40]!r} has no name above it" if unnamed else ""
            named = sum(map(bool, self._columns))
            return InvalidRecord((f"it has {len(cells)} cells{details}, and the first line names {named} columns",))
        row = {column: cell for column, cell in zip(self._columns, cells, strict=False) if column and cell}
        fields = _fields(row)
        return InvalidRecord((fields,)) if isinstance(fields, str) else task_of(fields, self._file.dates)

    def _row(self, offset: int) -> tuple[list[str] | str, int, int]:
        """Read a row.

        If a row can't be read, only its first line is skipped. Its first line may have a quote that is not closed, and
        the lines after it are rows of their own.

        Returns:
            The cells of the row or its problem, the offset of its end in bytes, and the number of its lines.
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
    """The text is not a row. The message is a part of a sentence."""


def _columns(path: str, cells: list[str] | str) -> list[str]:
    """Return the field of each column; an empty text for a column without a name.

    Columns without a name at the end are left out.
    """
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
        details = (f" There are no {', '.join(map(repr, unknown[:20]))}.") if unknown else ""
        details += (f" It names {', '.join(twice)} more than once.") if twice else ""
        raise UnsupportedMedia(
            f"The first line of {path!r} must name each column once, and title among them. There are: "
            f"{', '.join(known)}.{details}"
        )
    return columns


def _letters(name: str) -> str:
    """Return the letters of a column's name. So `Due Date` and `due_date` name the same field as `dueDate`."""
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
        if isinstance(fields["subtasks"], InvalidJson):
            return 'subtasks: must be JSON, such as [{"title": "Buy earth"}]'
    for name in WHOLE_NUMBERS:
        if name in row and re.fullmatch(r"\s*[+-]?\d{1,18}\s*", row[name], re.ASCII):
            fields[name] = int(row[name])
    return fields
