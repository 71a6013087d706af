"""A job as the engine works on it: the document, and its input as the worker's own model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from stoker import registry
from stoker.errors import InvalidJob, UnsupportedType
from stoker.models.document import Model, problems
from stoker.models.inputs import read_input
from stoker.models.job import ProcessingJob


@dataclass(frozen=True)
class Job:
    """A document that can run.

    Attributes:
        document: What is stored.
        input: `document.input`, read by the model of its type.
    """

    document: ProcessingJob
    input: Model


def read_job(job_id: str, data: Mapping[str, Any]) -> Job:
    """Reads a document, and finds every problem in it at once.

    Args:
        job_id: The document's id.
        data: What `DocumentSnapshot.to_dict()` gives. Any client may have written it.

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
