"""Reads the records of a file that is held in memory."""

from collections.abc import Iterator

from stoker.batch.task_files.due_date import ISO_DATES, DueDates
from stoker.batch.task_files.lines import Lines
from stoker.batch.task_files.readers import reader_of
from stoker.batch.task_files.task_record import Record, TaskFile
from stoker.models.batch import FileEncoding, ImportedTask


def records(
    content: bytes,
    path: str = "public/tasks",
    content_type: str = "",
    encoding: FileEncoding = "utf-8",
    dates: DueDates = ISO_DATES,
) -> Iterator[Record]:
    """All records, in their order; each is read as an attempt that begins there would read it."""
    lines = Lines(lambda offset, length: content[offset : offset + length], len(content))
    reader = reader_of(TaskFile(path, lines, encoding, dates), content_type)
    offset, line = reader.begin
    while (record := reader.at(offset, line)) is not None:
        assert record.after > offset
        yield record
        offset, line = record.after, record.next_line


def titles(content: bytes, path: str = "public/tasks", content_type: str = "") -> list[tuple[int, str]]:
    """The lines and the titles of the tasks; of a record that is no task, the sentence about it."""
    return [
        (one.line, one.found.title if isinstance(one.found, ImportedTask) else str(one.found))
        for one in records(content, path, content_type)
        if one.found is not None
    ]
