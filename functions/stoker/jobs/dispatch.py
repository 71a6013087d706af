"""Arrive: a new job is checked, and put into its queue. No work is done here."""

from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot

from stoker.errors import JobCancelled, PermanentError
from stoker.jobs.dismiss import dismiss
from stoker.jobs.end import CANCELLED
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.job import read_job
from stoker.jobs.keys import take_key
from stoker.jobs.metrics import job_queued
from stoker.jobs.queue import enqueue
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob, has_ended


def dispatch(snapshot: DocumentSnapshot[Any], occasion: str = "created") -> None:
    """Puts a job into the queue of its type, or ends it with everything that is wrong with it.

    Args:
        snapshot: The document as the trigger or a query saw it.
        occasion: Why now; see `enqueue`.
    """
    data = snapshot.to_dict() or {}
    log = JobLog(snapshot.id, jobType=str(data.get("type")), attempt=data.get("attempt", 0))
    status = data.get("status")
    if has_ended(status):
        return  # A restored or imported document: its work is done.
    try:
        _dispatch(snapshot, data, occasion, log)
    except FenceBroken:
        log.info("The job changed before it could be refused; the sweeper will look at it again.")
    except Exception as error:
        # The trigger could not be retried, so raising helps nobody: the job stays as it is, and the sweeper comes back.
        log.error("The job could not be dispatched; the sweeper will try again.", error)


def _dispatch(snapshot: DocumentSnapshot[Any], data: dict[str, Any], occasion: str, log: JobLog) -> None:
    try:
        document = read_job(snapshot.id, data).document
        if document.status == "pending":
            _check_wanted(document)
    except (PermanentError, JobCancelled) as error:
        dismiss(Fence.of(snapshot), error, data, log)
        return
    if document.run_after is not None and document.run_after > datetime.now(UTC):
        log.info("The job is not due yet; the sweeper will start it.", runAfter=document.run_after.isoformat())
        return
    enqueue(document.type, snapshot.id, f"{occasion}/{document.attempt}")
    job_queued(log, occasion)


def _check_wanted(document: ProcessingJob) -> None:
    if document.cancel_requested:
        raise JobCancelled(CANCELLED)
    take_key(document)
