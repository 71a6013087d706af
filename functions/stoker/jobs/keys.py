"""De-duplication: of a user's jobs with the same `dedupeKey`, one at a time is alive."""

import hashlib
from datetime import UTC, datetime, timedelta

from google.api_core import exceptions
from google.cloud import firestore

from stoker import config
from stoker.errors import Duplicate
from stoker.firestore.client import client
from stoker.models.job import ProcessingJob

KEEP = timedelta(days=60)
"""Longer than a job may wait for its `runAfter`, so that Firestore never deletes the key of a job that is alive."""


def take_key(document: ProcessingJob) -> None:
    """Takes the job's key, if it has one and no other job that is alive holds it.

    Nobody gives a key back: it is free once its job has ended or is gone. Taking it again changes nothing.

    Raises:
        Duplicate: Another job holds it.
    """
    if document.dedupe_key is None:
        return
    # Hashed: a user's id and key may hold what a document's id may not.
    name = hashlib.sha256(f"{document.user_id}\0{document.dedupe_key}".encode()).hexdigest()
    key = client().collection(config.JOB_KEYS).document(name)
    held = {"jobId": document.id, "userId": document.user_id, "expiresAt": datetime.now(UTC) + KEEP}
    while True:
        try:
            key.create(held)
        except exceptions.AlreadyExists:
            pass
        else:
            return
        snapshot = key.get()
        holder = snapshot.get("jobId") if snapshot.exists else document.id
        if holder != document.id and _alive(holder):
            raise Duplicate(
                f"The job {holder} with the same dedupeKey is not done yet. Wait for it, or give this one another key."
            )
        try:
            key.update(held, option=firestore.Client.write_option(last_update_time=snapshot.update_time))
        except (exceptions.FailedPrecondition, exceptions.NotFound):
            continue  # another job was quicker, and may be alive
        return


def _alive(job_id: str) -> bool:
    snapshot = client().collection(config.JOBS).document(job_id).get(field_paths=["status"])
    return (snapshot.to_dict() or {}).get("status") in ("pending", "processing")
