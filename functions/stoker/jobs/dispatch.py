"""Arrive: a new job is checked, and put into its queue. No work is done here."""

from datetime import datetime
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot

from stoker import config
from stoker.errors import PermanentError
from stoker.firestore.client import client
from stoker.firestore.errors import TRANSIENT
from stoker.jobs.end import failed
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.job import read_job
from stoker.jobs.queue import enqueue
from stoker.logs import JobLog
from stoker.models.job import ENDED


def dispatch(snapshot: DocumentSnapshot[Any], occasion: str = "created") -> None:
    """Puts a job into the queue of its type, or ends it with everything that is wrong with it.

    Never raises on account of the document: the trigger could not be retried.

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
        job = read_job(snapshot.id, data)
    except PermanentError as error:
        _refuse(snapshot, error, log)
        return
    try:
        enqueue(job.document.type, snapshot.id, f"{occasion}/{job.document.attempt}")
    except Exception as error:
        # Whatever keeps the task out of the queue, the job stays `pending` and the sweeper comes back for it.
        log.error("The job could not be put into its queue; the sweeper will try again.", error)
        return
    log.info("The job is queued.", occasion=occasion)


def _refuse(snapshot: DocumentSnapshot[Any], error: PermanentError, log: JobLog) -> None:
    # Not `snapshot.reference`: the trigger's snapshot brings a Firestore client of its own for each event.
    reference = client().collection(config.JOBS).document(snapshot.id)
    try:
        Fence(reference, snapshot.update_time).write(failed(error))
    except FenceBroken:
        log.info("The job changed before it could be refused; the sweeper will look at it again.")
    except TRANSIENT as unavailable:
        log.error("The job could not be refused; the sweeper will try again.", unavailable)
    else:
        log.warning("The job was refused.", errorCode=error.code, error=error.message)


def occasion_of_sweep(now: datetime) -> str:
    """The same for ten minutes, so that a job that waits in a long queue is not queued each minute again."""
    return f"sweep-{int(now.timestamp()) // 600}"
