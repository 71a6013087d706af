"""Arrive: a new job is checked, and put into its queue. No work is done here."""

from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot

from stoker.errors import PermanentError
from stoker.jobs.end import failed
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.job import read_job
from stoker.jobs.queue import enqueue
from stoker.jobs.unclaimed import end_unclaimed
from stoker.logs import JobLog
from stoker.models.job import ENDED


def dispatch(snapshot: DocumentSnapshot[Any], occasion: str = "created") -> None:
    """Puts a job into the queue of its type, or ends it with everything that is wrong with it.

    Args:
        snapshot: The document as the trigger or a query saw it.
        occasion: Why now; see `enqueue`.
    """
    data = snapshot.to_dict() or {}
    log = JobLog(snapshot.id, jobType=str(data.get("type")), attempt=data.get("attempt", 0))
    status = data.get("status")
    if isinstance(status, str) and status in ENDED:
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
        job = read_job(snapshot.id, data)
    except PermanentError as error:
        end_unclaimed(Fence.of(snapshot), failed(error), log)
        return
    if job.document.run_after is not None and job.document.run_after > datetime.now(UTC):
        log.info("The job is not due yet; the sweeper will start it.", runAfter=job.document.run_after.isoformat())
        return
    enqueue(job.document.type, snapshot.id, f"{occasion}/{job.document.attempt}")
    log.info("The job is queued.", occasion=occasion)
