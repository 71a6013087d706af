"""The waking of jobs that wait for a place: the owner's next job is queued if a place has become free."""

import contextlib
from collections.abc import Sequence
from datetime import datetime

from stoker import config
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import StoredDocument
from stoker.firestore.fence import Fence
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Merge, Update, Written
from stoker.jobs.fairness import Usage
from stoker.jobs.states import QUEUE_FIELDS, JobState
from stoker.jobs.store import store
from stoker.queries import job_queries

READ_TO_WAKE = 10
"""The most waiting jobs that are read to find a job to wake."""


def wake_next(user_id: str, queue: str | None, released: Written | None = None) -> None:
    """Queue the oldest job of a user that waits and may begin now, if there is such a job.

    Args:
        user_id: The owner.
        queue: The type of job in whose queue a place may have become free; None if there is no such queue.
        released: The answer to the write of `release_place`; None if it is not known.
    """
    if released is not None and released.sums["waiting"] == 0:
        return
    if _wake_in(user_id, queue) or released is None or store().documents.count(job_queries.held_back_of(user_id)) > 0:
        return
    # If another job has begun, has ended or has begun to wait, this write is refused, and the next job to end does it.
    with contextlib.suppress(Conflict):
        store().documents.commit([Update(usage_path(user_id), {"waiting": 0}, released.update_time)])
        # A job that began to wait in the meantime relies on `waiting: 1`, so that is written again.
        if store().documents.count(job_queries.held_back_of(user_id)) > 0:
            store().documents.commit([Merge(usage_path(user_id), {"waiting": 1})])
            _wake_in(user_id, queue)


def _wake_in(user_id: str, queue: str | None) -> bool:
    selections = [job_queries.waiting_for_other_jobs(user_id)]
    if queue is not None:
        selections.append(job_queries.waiting_for_other_users(user_id, queue))
    return _wake_one(sorted((job for selection in selections for job in oldest(selection)), key=_age))


def wake_in_queue(user_id: str, queue: str) -> None:
    """Queue the oldest job of a user that waits for a place of a queue, because places are free there."""
    _wake_one(oldest(job_queries.waiting_for_other_users(user_id, queue)))


def wake_if_owner_idle(user_id: str, queue: str) -> None:
    """Wake a user's next job if no other job of the user is left that would wake it.

    Args:
        user_id: The owner.
        queue: The type of the job that has just begun to wait.
    """
    now = store().host.now()
    found = store().documents.get(usage_path(user_id))
    usage = Usage.of(found.data if found is not None else {}, now)
    if not usage.waiting or not (usage.running or queued(user_id) > 0):
        wake_next(user_id, queue)


def queued(user_id: str) -> int:
    """Count a user's jobs that are queued. Each of them wakes another job when it ends."""
    documents, now = store().documents, store().host.now()
    pending = documents.count(job_queries.pending_of(user_id))
    later = documents.count(job_queries.pending_later_of(user_id, now))
    return pending - later - documents.count(job_queries.held_back_of(user_id))


def oldest(selection: Selection) -> list[StoredDocument]:
    """Return the first jobs of a selection, with the fields that waking needs."""
    return store().documents.find(selection.only(*QUEUE_FIELDS, "cancelRequested", "createdAt").first(READ_TO_WAKE))


def may_begin(waiting: StoredDocument) -> bool:
    """Return whether a waiting job would take a place. A cancelled job would not: the sweeper ends it."""
    return waiting.data.get("cancelRequested") is not True


def _age(job: StoredDocument) -> datetime:
    created_at = job.data.get("createdAt")
    return created_at if isinstance(created_at, datetime) else store().host.now()


def _wake_one(waiting: Sequence[StoredDocument]) -> bool:
    for job in filter(may_begin, waiting):
        # The job waits no longer, so that the next job to end wakes another job. If the task is lost, the sweeper finds
        # the job by its `runAfter`.
        with contextlib.suppress(Conflict):
            Fence(store().documents, job).write({"stage": "queued", "runAfter": _age(job)})
            store().enqueue(JobState.of(job.id, job.data), f"place/{store().host.token()}")
            return True
    return False


def usage_path(user_id: str) -> str:
    """Return the path of the document that holds the places of a user's jobs."""
    return f"{config.JOB_USERS}/{user_id}"
