"""The document of a job: read it by an id from any source, and check its fields, which any client may have written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from google.api_core import exceptions
from pydantic import TypeAdapter, ValidationError

from stoker import config, registry
from stoker.errors import InvalidJob, JobNotFound, UnsupportedType
from stoker.firestore.documents import StoredDocument
from stoker.jobs.store import store
from stoker.models.document import Model
from stoker.models.inputs import read_input
from stoker.models.job import JobId, ProcessingJob
from stoker.models.problems import problems

READABLE = [field.alias or name for name, field in ProcessingJob.model_fields.items() if name != "input"]
"""The fields of a job that can always be decoded: the server writes them, or the security rules check their types."""

_ID = TypeAdapter(JobId)


@dataclass(frozen=True)
class Job:
    """A job whose document is valid, so that it can run.

    Attributes:
        document: The document.
        input: The document's input, as the model of the job's type.
    """

    document: ProcessingJob
    input: Model


def path_of(job_id: str) -> str:
    """Return the path of a job's document."""
    return f"{config.JOBS}/{job_id}"


def load_job(job_id: str) -> StoredDocument | None:
    """Read a job's document.

    Returns:
        The document; None if it does not exist, or if no document can have this id.

        A document may hold a reference into another database, which the client library does not decode. It is then not
        `readable`, and has only the fields of `READABLE`, or only its `status` if one of these fields holds the
        reference.
    """
    if "/" in job_id:
        return None  # A client may write any text as an id. This would be a document of another collection.
    path = path_of(job_id)
    try:
        return store().documents.get(path)
    except exceptions.InvalidArgument:
        return None  # Firestore allows no document with this id.
    except ValueError:
        found = _readable_part(path)
        return None if found is None else replace(found, readable=False)


def _readable_part(path: str) -> StoredDocument | None:
    """Read the fields that can be decoded. They name the owner, so that the job's end can be recorded."""
    try:
        return store().documents.get(path, READABLE)
    except ValueError:
        return store().documents.get(path, ["status"])


def find_job(job_id: object) -> StoredDocument:
    """Read a job's document for a caller.

    Args:
        job_id: The value that the caller gives as the document's id.

    Returns:
        The document; without its `input` if that can't be decoded.

    Raises:
        JobNotFound: There is no such job, or no job can have this id.
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
    """Return the error for a job that does not exist or that the caller may not see."""
    shown = job_id if isinstance(job_id, str) and len(job_id) <= 128 and job_id.isprintable() else "of that id"
    return JobNotFound(f"There is no job {shown}. Check the id.")


def read_job(document: StoredDocument) -> Job:
    """Check a job's document; see `check_job`."""
    if not document.readable:
        raise InvalidJob(
            "This job can't run: it holds a reference into another database. Write a new job, with text instead."
        )
    return check_job(document.id, document.data)


def check_job(job_id: str, data: Mapping[str, Any]) -> Job:
    """Check the fields of a job, and find every problem in them at once.

    Args:
        job_id: The document's id.
        data: Its fields. Any client may have written them.

    Raises:
        InvalidJob: The document can't run as a job; the message names every problem.
        UnsupportedType: No worker here does jobs of the document's type, and the rest of the document is valid.
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
    if isinstance(job_type, str) and registered is None and len(found) == 1:
        known = ", ".join(registry.job_types())
        raise UnsupportedType(f"No worker here does jobs of type {job_type!r}. Use one of these types: {known}.")
    if found:
        listed = "; ".join(found)
        raise InvalidJob(f"This job can't run: {listed}. Correct it and write a new job.")
    return Job(document, input_read)
