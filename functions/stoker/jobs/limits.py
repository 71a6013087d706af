"""Limits: how many jobs of a user may run. `jobUsers/{uid}` holds the places that the user's running jobs take.

`{running: {jobId: since}, day: "2026-11-22", began: 7, waiting: 1}`. It is written in the commit of the claim and of
the final write, so that it can't disagree with the jobs for long.
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from google.cloud.firestore import DELETE_FIELD, Increment

from stoker import config
from stoker.firestore.documents import StoredDocument
from stoker.firestore.errors import Conflict
from stoker.firestore.fence import Fence
from stoker.firestore.writes import Create, ExtraWrites, Merge, Update, Write, Written
from stoker.jobs.store import store
from stoker.models.job import HeldStage, ProcessingJob
from stoker.models.settings import UserLimits
from stoker.queries import declared

FORGOTTEN = timedelta(seconds=2 * config.TASK_SECONDS)
"""No attempt lasts so long: its job was deleted while it ran, or limits were lifted meanwhile."""

WOKEN_AT_MOST = 10
"""Of so many waiting jobs, the oldest that can be woken is woken. The others are being woken by someone else."""


@dataclass(frozen=True)
class Deferred:
    """A job has to wait.

    Attributes:
        stage: The limit that its owner is at.
        due: The time until which it has to wait, if that is known.
        extra: Writes beside that of the job.
    """

    stage: HeldStage
    due: datetime | None = None
    extra: ExtraWrites = ()


def take_slot(document: ProcessingJob, limits: UserLimits) -> Deferred | Write:
    """Find a place for a job among its owner's running jobs; costs one read.

    Args:
        document: The job.
        limits: The limits of every user.

    Returns:
        The write that takes the place, for the commit of the claim; or the reason to wait. That commit is refused if
        another job of the owner's has begun or ended since.
    """
    now = store().host.now()
    path = _path(document.user_id)
    found = store().documents.get(path)
    state = found.data if found is not None else {}
    running = {job: since for job, since in state.get("running", {}).items() if now - since < FORGOTTEN}
    running.pop(document.id, None)  # An attempt that was lost: this one takes its place.
    today = now.date().isoformat()
    began = state.get("began", 0) if state.get("day") == today else 0
    is_new = document.started_at is None
    if limits.a_day is not None and is_new and began >= limits.a_day:
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        return Deferred("waiting-for-tomorrow", midnight + timedelta(seconds=store().host.uniform(0, 600)))
    if limits.at_once is not None and len(running) >= limits.at_once:
        known = document.stage == "waiting-for-other-jobs" and state.get("waiting") == 1
        wait = [] if known else [_write(path, found, {"running": running, "waiting": 1})]
        return Deferred("waiting-for-other-jobs", extra=wait)
    taken = {"running": {**running, document.id: now}, "day": today, "began": began + int(is_new)}
    return _write(path, found, taken)


def release_slot(user_id: str, job_id: str) -> Write:
    """Return the write that gives a job's place back. Its answer says whether other jobs wait."""
    return Merge(_path(user_id), {"running": {job_id: DELETE_FIELD}, "waiting": Increment(0)})


def wake_next(user_id: str, released: Written | None) -> None:
    """Start the oldest job of a user's that waits for a place, if there is such a job.

    Args:
        user_id: The owner.
        released: The answer to `release_slot`, if it is known.
    """
    if released is not None and released.transformed[0] == 0:
        return
    waiting = declared.waiting_for_a_place(user_id).only("type", "cancelRequested", "createdAt").first(WOKEN_AT_MOST)
    for oldest in store().documents.find(waiting):
        if oldest.data.get("cancelRequested") is True:
            continue  # It would not take the place. The sweeper ends it, and must not meet our write.
        # It waits no longer, so that the next job to end wakes another one. Should the task be lost, the sweeper finds
        # it by its time.
        with contextlib.suppress(Conflict):
            due = oldest.data.get("createdAt") or store().host.now()
            Fence(store().documents, oldest).write({"stage": "queued", "runAfter": due})
            store().enqueue(oldest.data["type"], oldest.id, f"place/{store().host.token()}")
            return
    if released is not None:
        # If another job has begun, ended, or begun to wait, the next job to end looks again.
        with contextlib.suppress(Conflict):
            store().documents.commit([Update(_path(user_id), {"waiting": 0}, released.update_time)])


def _write(path: str, found: StoredDocument | None, fields: dict[str, object]) -> Write:
    return Create(path, fields) if found is None else Update(path, fields, found.update_time)


def _path(user_id: str) -> str:
    return f"{config.JOB_USERS}/{user_id}"
