"""What one user may have run: `jobUsers/{uid}` says which of the user's jobs run, and how many began today.

`{running: {jobId: since}, day: "2026-11-22", began: 7, waiting: 1}`. It is written in the commit of the claim and of
the final write, so that it can't disagree with the jobs for long.
"""

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.types import WriteResult

from stoker import config
from stoker.firestore.client import client
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.queue import enqueue
from stoker.models.job import HeldStage, ProcessingJob
from stoker.models.settings import UserLimits
from stoker.queries import declared

FORGOTTEN = timedelta(seconds=2 * config.TASK_SECONDS)
"""No attempt lasts so long: its job was deleted while it ran, or limits were lifted meanwhile."""


WOKEN_AT_MOST = 10
"""Waiting jobs that are looked at to wake one: so many others would have to be woken at the same time."""


@dataclass(frozen=True)
class Held:
    """A job that has to wait.

    Attributes:
        stage: Why.
        due: Until when, where that is known.
        also: What to write beside it.
    """

    stage: HeldStage
    due: datetime | None = None
    also: Also | None = None


def admit(document: ProcessingJob, limits: UserLimits) -> Held | Also:
    """Finds out whether a job may begin now; costs one read.

    Args:
        document: The job.
        limits: What its owner may have.

    Returns:
        What to write in the commit that claims it, or why it has to wait. That commit fails where another job of the
        owner's has begun or ended since.
    """
    now = datetime.now(UTC)
    reference = _reference(document.user_id)
    snapshot = reference.get()
    state = snapshot.to_dict() or {}
    running = {job: since for job, since in state.get("running", {}).items() if now - since < FORGOTTEN}
    running.pop(document.id, None)  # an attempt that was lost: this one takes its place
    today = now.date().isoformat()
    began = state.get("began", 0) if state.get("day") == today else 0
    is_new = document.started_at is None
    if limits.a_day is not None and is_new and began >= limits.a_day:
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        return Held("waiting-for-tomorrow", midnight + timedelta(seconds=secrets.randbelow(600)))

    def write(fields: dict[str, object]) -> Also:
        if not snapshot.exists:
            return lambda batch: batch.create(reference, fields)
        option = firestore.Client.write_option(last_update_time=snapshot.update_time)
        return lambda batch: batch.update(reference, fields, option=option)

    if limits.at_once is not None and len(running) >= limits.at_once:
        told = document.stage == "waiting-for-other-jobs" and state.get("waiting") == 1
        return Held("waiting-for-other-jobs", also=None if told else write({"running": running, "waiting": 1}))
    return write({"running": {**running, document.id: now}, "day": today, "began": began + int(is_new)})


def release(user_id: str, job_id: str) -> Also:
    """What to write in the commit that ends an attempt: its place is free. Its answer tells whether others wait."""
    fields = {"running": {job_id: firestore.DELETE_FIELD}, "waiting": firestore.Increment(0)}
    return lambda batch: batch.set(_reference(user_id), fields, merge=True)


def wake_next(user_id: str, results: Sequence[WriteResult]) -> None:
    """Starts the oldest job of a user's that waits for a place, if there is one.

    Args:
        user_id: The owner.
        results: Firestore's answers to the commit of `release`; none where they were lost.
    """
    if results and results[1].transform_results[0].integer_value == 0:
        return
    for oldest in declared.waiting_for_a_place(user_id).select(["type", "cancelRequested"]).limit(WOKEN_AT_MOST).get():
        if (oldest.to_dict() or {}).get("cancelRequested") is True:
            continue  # It would not take the place. The sweeper ends it, and must not meet our write.
        # It waits no longer, so that the next job to end wakes another one.
        with contextlib.suppress(FenceBroken):
            Fence.of(oldest).write({"stage": "queued"})
            enqueue(oldest.get("type"), oldest.id, f"place/{secrets.token_hex(8)}")
            return
    if results:
        option = firestore.Client.write_option(last_update_time=results[1].update_time)
        # Where another job has begun, ended, or begun to wait, the next to end looks again.
        with contextlib.suppress(exceptions.FailedPrecondition):
            _reference(user_id).update({"waiting": 0}, option=option)


def _reference(user_id: str) -> firestore.DocumentReference:
    return client().collection(config.JOB_USERS).document(user_id)
