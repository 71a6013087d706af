"""Documents that nobody works on yet: reading them, and ending those that can't run. Anyone may have written them."""

from typing import Any

from google.api_core import exceptions
from google.cloud.firestore import DELETE_FIELD
from google.cloud.firestore_v1 import DocumentSnapshot
from google.cloud.firestore_v1.field_path import FieldPath

from stoker import config
from stoker.errors import InvalidJob
from stoker.firestore.client import client
from stoker.jobs.end import failed
from stoker.jobs.fence import Also, Fence
from stoker.logs import JobLog
from stoker.models.job import has_ended

LONG = 1000
"""Characters of a field that no job needs: input apart, which is emptied."""


def load(job_id: str) -> DocumentSnapshot[Any] | None:
    """Reads a job's document.

    Returns:
        The document, or None where there is none, or none can have this id, or where it could not be decoded and was
        ended for that.

    Raises:
        FenceBroken: It could not be decoded, and changed before it could be ended.
    """
    if "/" in job_id:
        return None  # What names its parent may name anything; this would be a document of another collection.
    reference = client().collection(config.JOBS).document(job_id)
    try:
        snapshot = reference.get()
    except exceptions.InvalidArgument:
        return None  # As above: Firestore allows no such id.
    except ValueError:
        # The client library does not decode a reference into another database; a field mask leaves it out.
        snapshot = reference.get(field_paths=["status"])
        if not has_ended((snapshot.to_dict() or {}).get("status")):
            error = InvalidJob(
                "This job can't run: it holds a reference into another database. Write a new one, with text instead."
            )
            end_unclaimed(Fence.of(snapshot), failed(error), JobLog(job_id, attempt=0))
        return None
    return snapshot if snapshot.exists else None


def end_unclaimed(fence: Fence, fields: dict[str, Any], log: JobLog, also: Also | None = None) -> None:
    """Ends a job that nobody works on.

    Args:
        fence: From the document as it was read.
        fields: From `stoker.jobs.end`.
        log: The job's.
        also: Other documents to write in the same commit.

    Raises:
        FenceBroken: It has changed since it was read.
    """
    try:
        fence.write(fields, also)
    except exceptions.InvalidArgument:
        # A document of nearly a megabyte has no room for a sentence. What is long in it, and no use, makes it.
        fence.write({**_without_what_is_long(fence), **fields, "input": {}}, also)
    log.warning(
        "The job ended before it began.", event="job-ended", status=fields["status"], errorCode=fields["errorCode"]
    )


def _without_what_is_long(fence: Fence) -> dict[str, Any]:
    try:
        data = fence.look().to_dict() or {}
    except ValueError:
        return {}  # It can't be decoded: see `load`.
    long = [name for name, value in data.items() if len(str(value)) > LONG]
    return {FieldPath(name).to_api_repr(): DELETE_FIELD for name in long}
