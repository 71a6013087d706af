"""A job's document: reading it by an id that anyone may have given, and checking what anyone may have written in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from google.api_core import exceptions
from pydantic import TypeAdapter, ValidationError

from stoker import config, registry
from stoker.errors import InvalidJob, JobNotFound, UnsupportedType
from stoker.firestore.documents import StoredDocument
from stoker.jobs.store import store
from stoker.models.document import Model, problems
from stoker.models.inputs import read_input
from stoker.models.job import JobId, ProcessingJob

READABLE = [field.alias or name for name, field in ProcessingJob.model_fields.items() if name != "input"]
"""The fields of a job that can always be decoded: the server writes them, or the rules know their types."""

_ID = TypeAdapter(JobId)


@dataclass(frozen=True)
class Job:
    """A document that can run.

    Attributes:
        document: The stored fields.
        input: `document.input`, read by the model of its type.
    """

    document: ProcessingJob
    input: Model


def path_of(job_id: str) -> str:
    """Return the path of a job's document."""
    return f"{config.JOBS}/{job_id}"


def load_job(job_id: str) -> StoredDocument | None:
    """Read a job's document.

    Returns:
        The document, or None if it does not exist or no document can have this id. If it holds a reference into
        another database, which the client library does not decode, it has the fields of `READABLE` alone, or only its
        `status` if one of them holds the reference; and it is not `readable`.
    """
    if "/" in job_id:
        return None  # The id of a parent may be any text; this would be a document of another collection.
    path = path_of(job_id)
    try:
        return store().documents.get(path)
    except exceptions.InvalidArgument:
        return None  # Firestore allows no such id.
    except ValueError:
        found = _readable_part(path)
        return None if found is None else replace(found, readable=False)


def _readable_part(path: str) -> StoredDocument | None:
    """The fields that say whose job it is, so that its end is recorded as any other."""
    try:
        return store().documents.get(path, READABLE)
    except ValueError:
        return store().documents.get(path, ["status"])


def find_job(job_id: object) -> StoredDocument:
    """Read a job's document for a caller.

    Args:
        job_id: The text that is said to be the document's id.

    Returns:
        The document; without its `input` if that can't be decoded.

    Raises:
        JobNotFound: There is no such job, or this can be no job's id.
    """
    try:
        name = _ID.validate_python(job_id, strict=True)
    except ValidationError:
        raise no_such_job(job_id) from None
    found = load_job(name)
    if found is None:
        raise no_such_job(name)
    return found


def no_such_job(job_id: object) -> JobNotFound:
    """Return the error for a job that does not exist, and for a job that the caller may not know of."""
    shown = job_id if isinstance(job_id, str) and len(job_id) <= 128 and job_id.isprintable() else "of that id"
    return JobNotFound(f"There is no job {shown}. Check the id.")


def read_job(document: StoredDocument) -> Job:
    """Check a job's document; see `check_job`."""
    if not document.readable:
        raise InvalidJob(
            "This job can't run: it holds a reference into another database. Write a new one, with text instead."
        )
    return check_job(document.id, document.data)


def check_job(job_id: str, data: Mapping[str, Any]) -> Job:
    """Check the fields of a job, and find every problem in them at once.

    Args:
        job_id: The document's id.
        data: Its fields. Any client may have written them.

    Raises:
        InvalidJob: Something in it is not as it must be; the message names all of it.
        UnsupportedType: It is a job, but no worker here does its type.
    """
    found: list[str] = []
    try:
        document = ProcessingJob.from_firestore(data)
    except ValidationError as error:
        found.extend(problems(error, data))
    if isinstance(data.get("id"), str) and data["id"] != job_id:
        found.append(f"id: must repeat the document's id, '{job_id}'")
    job_type, job_input = data.get("type"), data.get("input")
    registered = registry.job_types().get(job_type) if isinstance(job_type, str) else None
    if registered is not None and isinstance(job_input, Mapping):
        try:
            input_read = read_input(registered, job_input)
        except ValidationError as error:
            found.extend(problems(error, job_input, "input"))
    if found:
        listed = "; ".join(found)
        raise InvalidJob(f"This job can't run: {listed}. Correct it and write a new job.")
    if registered is None:
        there_are = ", ".join(registry.job_types())
        raise UnsupportedType(f"No worker here does jobs of type {job_type!r}. There are: {there_are}.")
    return Job(document, input_read)
