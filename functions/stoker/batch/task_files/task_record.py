"""A record: one task of a file, or what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from stoker.batch.task_files.due_date import ISO_DATES, DueDates, NoDate
from stoker.batch.task_files.lines import Lines
from stoker.models.batch import FileEncoding, ImportedTask
from stoker.models.document import problems


@dataclass(frozen=True)
class TaskFile:
    """A file, and how it is written.

    Attributes:
        path: The file's name, for sentences.
        lines: The content.
        encoding: The encoding of all of the content.
        dates: How the due dates are written.
    """

    path: str
    lines: Lines
    encoding: FileEncoding = "utf-8"
    dates: DueDates = ISO_DATES


@dataclass(frozen=True)
class NoTask:
    """A record that is no task.

    Attributes:
        problems: All that is wrong with the record. Each is a part of a sentence, such as `title: must be text`.
    """

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"This is no task: {'; '.join(self.problems)}."


@dataclass(frozen=True)
class Record:
    """A place in the file, and the task that is there.

    Attributes:
        line: The number of the line on which the record begins, from 1. In a JSON list: the number of the item, from 1.
        found: The task, or what is wrong with the record; None if all cells of the row are empty.
        after: The offset behind the record.
        next_line: The number of the next line or item.
    """

    line: int
    found: ImportedTask | NoTask | None
    after: int
    next_line: int


class Reader(Protocol):
    """A reader of one format.

    Attributes:
        begin: The offset and the number of the first line, or item, that may hold a task.
    """

    begin: tuple[int, int]

    def at(self, offset: int, line: int) -> Record | None:
        """Read the first record at or behind an offset at which a record ended; return None if no record follows."""


def task_of(fields: object, dates: DueDates) -> ImportedTask | NoTask:
    """Return the task that a record's fields are, or what is wrong with them.

    An item of an export's `data/tasks-001.json` is read too: it has the task's document under `fields`.

    Args:
        fields: A JSON object.
        dates: How the due dates are written.
    """
    if isinstance(fields, Mapping) and "path" in fields and isinstance(fields.get("fields"), Mapping):
        fields = fields["fields"]
    if not isinstance(fields, Mapping):
        return NoTask(("it must be a JSON object",))
    found: list[str] = []
    # To-do apps write null for a field that a task does not have.
    task: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if "dueDate" in task:
        try:
            task["dueDate"] = dates.read(task["dueDate"])
        except NoDate as error:
            found.append(f"dueDate: {error}")
            del task["dueDate"]
    try:
        read = ImportedTask.from_firestore(task)
    except ValidationError as error:
        found.extend(problems(error, task))
    return NoTask(tuple(found)) if found else read
