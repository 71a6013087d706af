"""`import-tasks`: a task for each line of a file, once, whatever crashes."""

import hashlib
from collections.abc import Mapping
from typing import Any

from google.cloud import firestore

from stoker import config
from stoker.batch.lines import Lines
from stoker.batch.projects import not_owned
from stoker.batch.records import Reader, Record, reader_of
from stoker.batch.tally import BatchTally
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.firestore.errors import Conflict
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create
from stoker.jobs.context import JobContext
from stoker.jobs.lease import WritesRefused
from stoker.models.batch import ImportedTask, ImportTasks
from stoker.models.job import BatchOutput
from stoker.storage.sources import open_source, replaced

PAGE = 200
"""Lines in a commit."""

PAGE_BYTES = 4 * 1024**2
"""Bytes of the file in a commit, which may have 10 MiB.
Source: https://firebase.google.com/docs/firestore/quotas (maximum API request size)."""


class ImportPosition(BatchTally):
    """The checkpoint.

    Attributes:
        offset: Where the next line begins; None before the first.
        line: Its number.
        generation: Of the file: in another one, the offset means nothing.
    """

    offset: int | None = None
    line: int = 1
    generation: str | None = None


def import_tasks(context: JobContext, batch_input: ImportTasks) -> BatchOutput:
    """Makes tasks.

    Args:
        context: The attempt.
        batch_input: Which file.

    Raises:
        InputForbidden, InputNotFound, InputEmpty, InputTooLarge: As `open_source`.
        UnsupportedMedia: The file is neither NDJSON nor CSV.
    """
    source = open_source(batch_input.source, context.user_id)
    position = ImportPosition.from_firestore(context.checkpoint)
    if position.generation not in (None, source.generation):
        raise replaced(source.path)

    def read(offset: int, length: int) -> bytes:
        context.check()
        return source.read(offset, length)

    reader = reader_of(source.path, source.content_type, Lines(read, source.size))
    if position.offset is None:
        offset, line = reader.begin
        position = position.model_copy(update={"offset": offset, "line": line, "generation": source.generation})
    while True:
        context.report(100 * (position.offset or 0) / source.size, "importing")
        page = _page(reader, position)
        if not page:
            return position.output()
        position = write_page(context, position, page)


def _page(reader: Reader, position: ImportPosition) -> list[Record]:
    offset, line = position.offset or 0, position.line
    page: list[Record] = []
    while len(page) < PAGE and offset - (position.offset or 0) < PAGE_BYTES:
        record = reader.at(offset, line)
        if record is None:
            break
        page.append(record)
        offset, line = record.after, record.next_line
    return page


def write_page(context: JobContext, position: ImportPosition, page: list[Record]) -> ImportPosition:
    tasks = client().collection(config.TASKS)
    content = [record.found for record in page if isinstance(record.found, ImportedTask)]
    named = {task.project_id for task in content if task.project_id is not None}
    foreign = not_owned(context.user_id, named) if named else set()
    there: dict[str, Any] = {}

    def attempt() -> ImportPosition:
        done, new = _sorted_out(context, position, page, foreign, there)
        made = [Create(f"{config.TASKS}/{name}", _document(name, context.user_id, task)) for name, task in new.items()]
        try:
            context.save(done.to_firestore(), made)
        except WritesRefused as refused:
            # Some are there: the job was run before, and is run again from its beginning.
            references = [tasks.document(name) for name in new]
            snapshots = client().get_all(references, field_paths=["userId"], **patience(reads=True))
            there.update({one.id: (one.to_dict() or {}).get("userId") for one in snapshots if one.exists})
            raise Conflict("Some of the tasks exist.") from refused
        return done

    return until_written(attempt)


def _sorted_out(
    context: JobContext, position: ImportPosition, page: list[Record], foreign: set[str], there: Mapping[str, Any]
) -> tuple[ImportPosition, dict[str, ImportedTask]]:
    """Decide what becomes of each line of a page.

    Args:
        context: The attempt.
        position: The checkpoint before the page.
        page: The lines.
        foreign: Projects that are not the job's owner's.
        there: The owners of tasks that exist, by the tasks' ids.

    Returns:
        The checkpoint after the page, and the tasks to create, by their ids.
    """
    done = position.model_copy(deep=True, update={"offset": page[-1].after, "line": page[-1].next_line})
    new: dict[str, ImportedTask] = {}
    for record in page:
        name = task_id(context.id, record.line)
        if isinstance(record.found, str):
            done.fail(str(record.line), record.found, "invalid-task")
        elif record.found is None:
            continue  # a blank line is no item
        elif record.found.project_id in foreign:
            done.fail(str(record.line), f"You have no project {record.found.project_id!r}.", "invalid-task")
        elif there.get(name, context.user_id) != context.user_id:
            done.fail(str(record.line), f"Someone else has a task {name!r}.", "invalid-task")
        else:
            done.succeeded += 1
            if name not in there:
                new[name] = record.found
    return done, new


def task_id(job_id: str, line: int) -> str:
    """The id of the task that a line becomes: always the same, so that no line becomes two.

    Example:
        >>> task_id("spring", 7)
        'spring-7'
    """
    # A job's id may be as long as a task's may be.
    stem = job_id if len(job_id) <= 115 else hashlib.sha256(job_id.encode()).hexdigest()
    return f"{stem}-{line}"


def _document(name: str, user_id: str, task: ImportedTask) -> dict[str, Any]:
    now = firestore.SERVER_TIMESTAMP
    return {**task.content(), "id": name, "userId": user_id, "createdAt": now, "updatedAt": now}
