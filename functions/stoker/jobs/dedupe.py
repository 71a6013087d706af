"""De-duplication: of all jobs of a user with the same `dedupeKey`, at most one at a time has not ended."""

import hashlib
from datetime import timedelta

from stoker import config
from stoker.errors import Duplicate
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Create, ExtraWrites, Update, Write
from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.models.job import ProcessingJob

KEEP = timedelta(days=60)
"""The time for which a key is kept. It is longer than a job may wait for its `runAfter`, so that Firestore never
deletes the key of a job that has not ended."""


def take_key(document: ProcessingJob) -> None:
    """Take the job's key, if it has a key and no other job that has not ended holds this key.

    No job gives a key back: the key is free as soon as its job has ended or was deleted. A job may take its key twice.

    Raises:
        Duplicate: Another job holds the key.
        Aborted: Other jobs have taken the key in every try.
    """
    if document.dedupe_key is not None:
        path = _path(document)
        until_written(lambda: _take(path, document), host=store().host)


def key_writes(document: ProcessingJob) -> ExtraWrites:
    """Return the write that takes the job's key, if it has a key, for the commit that makes the job pending again.

    Raises:
        Duplicate: Another job that has not ended holds the key.
    """
    if document.dedupe_key is None:
        return ()
    path = _path(document)
    return (_key_write(path, document, store().documents.get(path)),)


def _path(document: ProcessingJob) -> str:
    # Hashed, because a uid and a key may hold characters that a document's id may not hold.
    name = hashlib.sha256(f"{document.user_id}\0{document.dedupe_key}".encode()).hexdigest()
    return f"{config.JOB_KEYS}/{name}"


def _take(path: str, document: ProcessingJob) -> None:
    # Most keys are new, so the first try needs no read.
    try:
        store().documents.commit([_key_write(path, document, None)])
    except Conflict:
        found = store().documents.get(path)
    else:
        return
    if found is None:
        raise Conflict(path)  # The key was deleted meanwhile, so it is free.
    store().documents.commit([_key_write(path, document, found)])


def _key_write(path: str, document: ProcessingJob, found: StoredDocument | None) -> Write:
    held = {"jobId": document.id, "userId": document.user_id, "expiresAt": store().host.now() + KEEP}
    if found is None:
        return Create(path, held)
    holder = str(found.data.get("jobId"))
    if holder != document.id and _is_alive(holder):
        raise Duplicate(
            f"The job {holder} with the same dedupeKey has not ended. Wait for its end, or use another key."
        )
    return Update(path, held, found.update_time)


def _is_alive(job_id: str) -> bool:
    found = store().documents.get(path_of(job_id), ["status"])
    return found is not None and found.data.get("status") in ("pending", "processing")
