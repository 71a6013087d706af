"""The operation `import-tasks`: it makes a task of each record of a file, once, even after crashes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from google.cloud import firestore

from stoker import config
from stoker.batch.batch_tally import BatchTally
from stoker.batch.bounds import check_records
from stoker.batch.projects import not_owned
from stoker.batch.task_files.due_date import DueDates
from stoker.batch.task_files.first_records import check_first
from stoker.batch.task_files.lines import Lines
from stoker.batch.task_files.readers import reader_of
from stoker.batch.task_files.task_record import InvalidRecord, Reader, TaskFile
from stoker.errors import InputNotFound
from stoker.firestore.api_errors import Conflict
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create
from stoker.jobs.context import JobContext
from stoker.jobs.lease import WritesRefused
from stoker.models.batch import ImportedTask, ImportTasks
from stoker.models.job import BatchOutput, ItemFailure, OutputFile
from stoker.storage.sources import open_source, replaced

PAGE = 200
"""The most records of a commit."""

PAGE_BYTES = 4 * 1024**2
"""The most bytes of the file after the first record of a commit. A commit may have 10 MiB.
Source: https://firebase.google.com/docs/firestore/quotas (maximum API request size)."""


@dataclass(frozen=True)
class ImportPage:
    """The records that are imported in a commit.

    Attributes:
        items: The line number of each record, with its task or its problems. Empty rows are left out.
        after: The offset of the end of the page, in bytes.
        next_line: The number of the line after the page.
    """

    items: Sequence[tuple[int, ImportedTask | InvalidRecord]]
    after: int
    next_line: int


class ImportPosition(BatchTally):
    """The checkpoint.

    Attributes:
        offset: The offset of the next line in bytes; None before the first line.
        line: The number of the next line.
        generation: The generation of the file. In another generation, the offset has no meaning.
    """

    offset: int | None = None
    line: int = 1
    generation: str | None = None

    def untried(self, earlier: BatchOutput) -> list[ItemFailure]:
        """Return the failures of an earlier run that were not retried yet."""
        return [failure for failure in earlier.failures if int(failure.item) >= self.line]

    def output(self, files: Sequence[OutputFile] = (), untried: Sequence[ItemFailure] = ()) -> BatchOutput:
        """As `BatchTally.output`, with the file's generation."""
        return super().output(files, untried).model_copy(update={"generation": self.generation})


def import_tasks(context: JobContext, batch_input: ImportTasks) -> BatchOutput:
    """Make a task of each record of a file. In a retry of failed items, make a task of each record that failed.

    Args:
        context: The attempt.
        batch_input: The file, its encoding and the form of its dates.

    Raises:
        InputForbidden, InputNotFound, InputEmpty: As `open_source`.
        InputNotFound: The failed items are retried, but the file was replaced.
        InputTooLarge: The file has more bytes or more records than an import may have.
        UnsupportedMedia: The file is no list of tasks, or its first records all fail in the same way.
    """
    source = open_source(batch_input.source, context.user_id, config.MAX_LIST_BYTES)
    earlier = context.earlier_result
    if earlier is not None and earlier.generation != source.generation:
        raise InputNotFound(
            f"The file {source.path!r} is not the file that was imported, so the lines that have failed can't be found "
            "in it. Upload a file of the corrected records alone, and write a new job for it."
        )
    first = ImportPosition(succeeded=earlier.succeeded if earlier is not None else 0)
    position = ImportPosition.from_firestore(context.checkpoint) if context.checkpoint else first
    if position.generation not in (None, source.generation):
        raise replaced(source.path)

    def read(offset: int, length: int) -> bytes:
        context.check()
        return source.read(offset, length)

    zone = ZoneInfo(batch_input.time_zone) if batch_input.time_zone is not None else None
    lines, dates = Lines(read, source.size), DueDates(batch_input.dates, zone)
    reader = reader_of(TaskFile(source.path, lines, batch_input.encoding, dates), source.content_type)
    if position.offset is None:
        offset, line = reader.begin
        position = position.model_copy(update={"offset": offset, "line": line, "generation": source.generation})
    while earlier is None or position.untried(earlier):
        context.report(100 * (position.offset or 0) / source.size, "importing")
        page = _page(reader, position)
        if page.after == position.offset:
            break
        if earlier is not None:
            position = _again(context, position, page, earlier)
            continue
        if position.total == 0:
            check_first(source.path, [found for _, found in page.items])
        check_records(position.total + len(page.items), position.total)
        position = write_page(context, position, page)
    return position.output()


def _again(context: JobContext, position: ImportPosition, page: ImportPage, earlier: BatchOutput) -> ImportPosition:
    """Import the records of a page that failed in an earlier run. Return the position after the page."""
    failed = {int(failure.item) for failure in earlier.failures}
    items = [(line, found) for line, found in page.items if line in failed]
    if not items:
        # Nothing is written. After a crash, the next attempt reads these lines again.
        return position.model_copy(update={"offset": page.after, "line": page.next_line})
    return write_page(context, position, replace(page, items=items), earlier)


def _page(reader: Reader, position: ImportPosition) -> ImportPage:
    offset, line = position.offset or 0, position.line
    items: list[tuple[int, ImportedTask | InvalidRecord]] = []
    begin = None
    while len(items) < PAGE and (begin is None or offset - begin < PAGE_BYTES):
        record = reader.at(offset, line)
        if record is None:
            break
        if record.found is not None:
            items.append((record.line, record.found))
        offset, line = record.after, record.next_line
        begin = offset if begin is None else begin
    return ImportPage(items, offset, line)


def write_page(
    context: JobContext, position: ImportPosition, page: ImportPage, earlier: BatchOutput | None = None
) -> ImportPosition:
    """Write the tasks of a page and the next checkpoint in one commit. Return the checkpoint.

    Args:
        context: The attempt.
        position: The checkpoint before the page.
        page: The records.
        earlier: The result of the earlier run, if the records are a retry of its failures; else None.
    """
    tasks = client().collection(config.TASKS)
    content = [found for _, found in page.items if isinstance(found, ImportedTask)]
    named = {task.project_id for task in content if task.project_id is not None}
    foreign = not_owned(context.user_id, named) if named else set()
    there: dict[str, Any] = {}

    def attempt() -> ImportPosition:
        done, new = _decide_page(context, position, page, foreign, there)
        made = [Create(f"{config.TASKS}/{name}", _document(name, context.user_id, task)) for name, task in new.items()]
        try:
            figures = done.output(untried=done.untried(earlier)) if earlier is not None else None
            context.save(done.to_firestore(), made, output=figures)
        except WritesRefused as refused:
            # Some of the tasks exist. The job was run before, and is now run again from its beginning.
            references = [tasks.document(name) for name in new]
            snapshots = client().get_all(references, field_paths=["userId"], **patience(reads=True))
            there.update({one.id: (one.to_dict() or {}).get("userId") for one in snapshots if one.exists})
            raise Conflict("Some of the tasks exist.") from refused
        return done

    return until_written(attempt)


def _decide_page(
    context: JobContext, position: ImportPosition, page: ImportPage, foreign: set[str], there: Mapping[str, Any]
) -> tuple[ImportPosition, dict[str, ImportedTask]]:
    """Decide for each item of a page whether to create a task, to skip it, or to count it as failed.

    Args:
        context: The attempt.
        position: The checkpoint before the page.
        page: The items.
        foreign: The ids of projects that do not belong to the job's owner.
        there: The owners of tasks that exist, by the tasks' ids.

    Returns:
        The checkpoint after the page, and the tasks to create, by their ids.
    """
    done = position.model_copy(deep=True, update={"offset": page.after, "line": page.next_line})
    new: dict[str, ImportedTask] = {}
    for line, found in page.items:
        name = task_id(context.id, line)
        if isinstance(found, InvalidRecord):
            done.fail(str(line), str(found), "invalid-task")
        elif found.project_id in foreign:
            done.fail(
                str(line), f"You have no project {found.project_id!r}. Make it, and retry this job.", "invalid-task"
            )
        elif there.get(name, context.user_id) != context.user_id:
            done.fail(str(line), f"Someone else has a task {name!r}.", "invalid-task")
        else:
            done.succeeded += 1
            if name not in there:
                new[name] = found
    return done, new


def task_id(job_id: str, line: int) -> str:
    """Return the id of the task of a line. It is always the same, so that a line never becomes two tasks.

    Args:
        job_id: The id of the job.
        line: The number of the line.

    Example:
        >>> task_id("spring", 7)
        'spring-7'
    """
    # A long job id is hashed, because an id has at most 128 characters.
    stem = job_id if len(job_id) <= 115 else hashlib.sha256(job_id.encode()).hexdigest()
    return f"{stem}-{line}"


def _document(name: str, user_id: str, task: ImportedTask) -> dict[str, Any]:
    now = firestore.SERVER_TIMESTAMP
    return {**task.content(), "id": name, "userId": user_id, "createdAt": now, "updatedAt": now}
