"""Looking a job up by an id that someone gave us."""

from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot
from pydantic import TypeAdapter, ValidationError

from stoker import config
from stoker.errors import JobNotFound
from stoker.firestore.client import client
from stoker.models.job import JobId, ProcessingJob

WITHOUT_INPUT = [field.alias or name for name, field in ProcessingJob.model_fields.items() if name != "input"]
"""The fields of a job that can always be decoded: the server writes them, or the rules know their types."""

_ID = TypeAdapter(JobId)


def find_job(job_id: object, timeout: float | None = None) -> DocumentSnapshot[Any]:
    """Reads a job's document.

    Args:
        job_id: What is said to be the document's id.
        timeout: Seconds that a single try may take; the client library's own patience where it is left out.

    Returns:
        The document; without its `input` where the client library can't decode that.

    Raises:
        JobNotFound: There is no such job, or this can be no job's id.
    """
    try:
        name = _ID.validate_python(job_id, strict=True)
    except ValidationError:
        raise no_such_job(job_id) from None
    patience: dict[str, Any] = {} if timeout is None else {"timeout": timeout, "retry": None}
    reference = client().collection(config.JOBS).document(name)
    try:
        snapshot = reference.get(**patience)
    except ValueError:
        # It holds a reference into another database, which any client may write.
        snapshot = reference.get(field_paths=WITHOUT_INPUT, **patience)
    if not snapshot.exists:
        raise no_such_job(name)
    return snapshot


def no_such_job(job_id: object) -> JobNotFound:
    """The error for a job that is not there, and for one that the caller may not know of: both look alike."""
    shown = job_id if isinstance(job_id, str) and len(job_id) <= 128 and job_id.isprintable() else "of that id"
    return JobNotFound(f"There is no job {shown}. Check the id.")
