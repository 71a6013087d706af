"""A record of a file: a task, or a list of problems. `stoker.models.batch.ImportedTask` has the fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from stoker.batch.task_files.due_date import ISO_DATES, DueDates, InvalidDate
from stoker.batch.task_files.lines import Lines
from stoker.models.batch import FileEncoding, ImportedTask
from stoker.models.problems import problems


@dataclass(frozen=True)
class TaskFile:
    """A file of tasks.

    Attributes:
        path: The file's name, for messages.
        lines: The content.
        encoding: The encoding of the content.
        dates: The form of the due dates.
    """

    path: str
    lines: Lines
    encoding: FileEncoding = "utf-8"
    dates: DueDates = ISO_DATES


@dataclass(frozen=True)
class InvalidRecord:
    """A record that is not a valid task.

    Attributes:
        problems: All problems of the record. Each is a part of a sentence, such as `title: must be text`.
    """

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"This is no task: {'; '.join(self.problems)}."


@dataclass(frozen=True)
class Record:
    """A record with its place in the file.

    Attributes:
        line: The number of the line on which the record begins, from 1. In a JSON list, the number of the item, from 1.
        found: The task, or its problems; None if all cells of the row are empty.
        after: The offset of the end of the record, in bytes.
        next_line: The number of the next line or item.
    """

    line: int
    found: ImportedTask | InvalidRecord | None
    after: int
    next_line: int


class Reader(Protocol):
    """A reader of a file format.

    Attributes:
        begin: The offset and the number of the first line or item that may be a task.
    """

    begin: tuple[int, int]

    def at(self, offset: int, line: int) -> Record | None:
        """Read the next record. Return None if there are no more records.

        Args:
            offset: The offset at which the record before ended.
            line: The number of the line or item at this offset.
        """


def task_of(fields: object, dates: DueDates) -> ImportedTask | InvalidRecord:
    """Read a task from a record's fields. Return the task, or its problems.

    An item of an export's `data/tasks-001.json` can be read too. It has the fields of the task under `fields`.

    Args:
        fields: A JSON object. Any other value is a problem.
        dates: The form of the due dates.
    """
    if isinstance(fields, Mapping) and "path" in fields and isinstance(fields.get("fields"), Mapping):
        fields = fields["fields"]
    if not isinstance(fields, Mapping):
        return InvalidRecord(("it must be a JSON object",))
    found: list[str] = []
    # To-do apps write null for a field that a task does not have.
    task: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if "dueDate" in task:
        try:
            task["dueDate"] = dates.read(task["dueDate"])
        except InvalidDate as error:
            found.append(f"dueDate: {error}")
            del task["dueDate"]
    try:
        read = ImportedTask.from_firestore(task)
    except ValidationError as error:
        found.extend(problems(error, task))
    return InvalidRecord(tuple(found)) if found else read
