"""The removal of abandoned outputs: objects of a job whose document is gone.

Outputs that a job needs which has not ended stay.

A document is deleted by its TTL, its owner, an operator, or the deletion of its owner's account. Firestore sends an
event in each of these cases. The reconcile (`reconcile_outputs.py`) finds the outputs for which the event was lost, and
the outputs that another job needed at that time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stoker import config
from stoker.access import departure
from stoker.firestore.documents import StoredDocument
from stoker.jobs.children import child_id
from stoker.jobs.commit import log_of
from stoker.jobs.job import path_of
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.queries import job_queries

PAGE = 20
"""The number of jobs that are read at a time. The input of each may have some 400 KB."""

MOST_ALIVE = 200
"""The most jobs of one owner that are read for each deletion; each costs a read. The bound is needed because clients
may delete many jobs. If more jobs of the owner have not ended, the outputs stay until the next reconcile."""


def job_deleted(document: StoredDocument) -> None:
    """Remove the outputs of a job whose document was deleted. This raises no errors, because the event comes only once.

    Args:
        document: The document as it was before its deletion.
    """
    job = JobState.of(document.id, document.data)
    if job.user_id is None or (config.KEEP_OUTPUTS and is_expired(document.data)):
        return
    try:
        removed = remove_abandoned(job.user_id, job.id)
    except Exception as error:
        # The platform does not send the event again, so raising the error would not help.
        log_of(job).error("The outputs of a deleted job could not be removed; the reconcile will do it.", error)
    else:
        if removed:
            log_of(job).info("The outputs of a deleted job are removed.", event="outputs-removed", objects=removed)


def remove_abandoned(user_id: str, job_id: str, most_alive: int | None = None) -> int:
    """Remove all outputs of a job, if its document is gone and no job that has not ended needs them.

    This costs two reads and a query, or no read if there are no outputs.

    If the document exists again, the outputs are those of a newer job with the same id. The document is read after the
    objects were listed. So the list has no objects of a job that is written later. If the owner's account is being
    deleted, nothing is removed, because that deletion removes and counts the files.

    Args:
        user_id: The owner.
        job_id: The job.
        most_alive: The most jobs of the owner to read; `MOST_ALIVE` if it is left out. If more jobs have not ended, the
            outputs stay.

    Returns:
        The number of objects that were removed.
    """
    outputs = store().list_outputs(user_id, job_id)
    if not outputs:
        return 0
    leaving = departure.path_of(user_id)
    found = {one.path: one.data for one in store().documents.get_all([path_of(job_id), leaving], ["userId"])}
    exists = found.get(path_of(job_id), {}).get("userId") == user_id
    if exists or leaving in found or _is_needed(user_id, job_id, most_alive or MOST_ALIVE):
        return 0
    store().delete_outputs(outputs)
    return len(outputs)


def is_expired(data: Mapping[str, Any]) -> bool:
    """Return whether a document's `expiresAt` has passed, so that its TTL may have deleted it."""
    expires_at = data.get("expiresAt")
    return isinstance(expires_at, datetime) and expires_at <= store().host.now()


def needs(data: Mapping[str, Any], alive_id: str, user_id: str, job_id: str) -> bool:
    """Return whether a job that has not ended needs the outputs of another job of the same owner.

    It needs them if its input names one of them, or if it is the batch that has made the other job.

    Args:
        data: The `input` and the `children` of the job that has not ended.
        alive_id: The id of that job.
        user_id: The owner of both jobs.
        job_id: The id of the other job.

    Example:
        >>> needs({"input": {"source": "job-outputs/ada/old/1/a.mp4"}}, "new", "ada", "old")
        True
        >>> needs({"input": {}, "children": 3}, "batch", "ada", "batch-002")
        True
    """
    children = data.get("children")
    is_parent = isinstance(children, int) and any(child_id(alive_id, number) == job_id for number in range(children))
    return is_parent or _names(data.get("input"), f"job-outputs/{user_id}/{job_id}/")


def _is_needed(user_id: str, job_id: str, most_alive: int) -> bool:
    alive = job_queries.alive_of(user_id).only("input", "children").first(PAGE)
    for _ in range(most_alive // PAGE):
        try:
            page = store().documents.find(alive)
        except ValueError:
            return True  # An input can't be decoded. Its job fails within minutes, and the reconcile checks again.
        if any(needs(one.data, one.id, user_id, job_id) for one in page):
            return True
        if len(page) < PAGE:
            return False
        alive = alive.following(alive.cursor_of(page[-1].id, page[-1].data))
    return True


def _names(value: object, folder: str) -> bool:
    """Return whether any text within a value names an object of a folder."""
    if isinstance(value, str):
        return value.startswith(folder)
    within = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(_names(one, folder) for one in within)
