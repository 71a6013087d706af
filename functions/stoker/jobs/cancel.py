"""Stopping a job, as its owner would."""

from stoker.errors import NotCancellable
from stoker.jobs.fence import Fence, FenceBroken
from stoker.jobs.find import find_job
from stoker.models.job import has_ended


def cancel_job(job_id: str) -> None:
    """Asks for the end of a job. It stops as soon as its attempt hears of it, or where it would have begun.

    Args:
        job_id: The document's id.

    Raises:
        JobNotFound: There is no such job.
        NotCancellable: It has ended.
    """
    while True:
        snapshot = find_job(job_id)
        status = (snapshot.to_dict() or {}).get("status")
        if has_ended(status):
            raise NotCancellable(f"The job {job_id} can't be cancelled, because it has ended: it is {status}.")
        try:
            Fence.of(snapshot).write({"cancelRequested": True})
        except FenceBroken:
            continue  # It goes on meanwhile: one write in two seconds at most, so this comes to its turn.
        return
