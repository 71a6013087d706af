"""Another chance for a job that has failed or was cancelled."""

from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore import DELETE_FIELD
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker.errors import NotRetryable
from stoker.jobs.dispatch import dispatch
from stoker.jobs.end import renewed
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.find import find_job
from stoker.jobs.job import read_job
from stoker.logs import JobLog


def retry_job(job_id: str) -> None:
    """Makes a job that has `failed` or was `cancelled` pending, as if it were new, and starts it.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotRetryable: It is under way, or it is completed.
        InvalidJob, UnsupportedType: It could not run this time either; the message says why.
    """
    snapshot = find_job(job_id)
    now = datetime.now(UTC)
    while True:
        _check(snapshot)
        try:
            # Due at once: should the task be lost, the sweeper finds the job within a minute, and not within ten.
            Fence.of(snapshot).write({**renewed(), "runAfter": now})
            break
        except FenceBroken:
            snapshot = find_job(job_id)  # Someone else has retried it, perhaps, or the engine had not done with it.
            if (snapshot.to_dict() or {}).get("runAfter") == now:
                break  # This write arrived, and its answer did not.
    JobLog(job_id).info("The job is tried again.")
    # Not the same occasion as that of another retry: Cloud Tasks would drop the task.
    dispatch(find_job(job_id), f"retry-{now.timestamp()}")


def _check(snapshot: DocumentSnapshot[Any]) -> None:
    data = snapshot.to_dict() or {}
    status = data.get("status")
    if status not in ("failed", "cancelled"):
        said = "is completed: write a new one" if status == "completed" else "has not ended: wait for it, or cancel it"
        raise NotRetryable(f"The job {snapshot.id} can't be retried, because it {said}.")
    new = {**data, **renewed()}
    read_job(snapshot.id, {name: value for name, value in new.items() if value is not DELETE_FIELD})
