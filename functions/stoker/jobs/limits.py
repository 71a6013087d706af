"""Limits: how many jobs of a user may run. `jobUsers/{uid}` holds the places that the user's running jobs take.

`{running: {jobId: since}, types: {jobId: type}, day: "2026-11-22", began: 7, work: {"2026-11-22": 340},
outputBytes: {"2026-11-22": 81920}, mediaSeconds: {"2026-11-22": 95}, waiting: 1}`.
It is written in the commit of the claim and of the final write, so that it can't disagree with the jobs for long.
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from google.cloud.firestore import DELETE_FIELD, Increment

from stoker import config, registry
from stoker.firestore.documents import StoredDocument
from stoker.firestore.errors import Conflict
from stoker.firestore.fence import Fence
from stoker.firestore.writes import Create, ExtraWrites, Merge, Update, Write, Written
from stoker.jobs.effects import ReleaseSlot
from stoker.jobs.fairness import AccountFacts, Usage, limits_of, may_take_another
from stoker.jobs.states import QUEUE_FIELDS, JobState
from stoker.jobs.store import store
from stoker.models.job import HeldStage
from stoker.models.settings import UserLimits
from stoker.queries import declared

FORGOTTEN = timedelta(seconds=2 * config.TASK_SECONDS)
"""No attempt lasts so long: its job was deleted while it ran, or limits were lifted meanwhile."""

WAKING = (*QUEUE_FIELDS, "cancelRequested", "createdAt")
"""The fields of a waiting job that are read before it is woken."""

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


def take_slot(job: JobState, user_id: str, limits: UserLimits, account: AccountFacts | None = None) -> Deferred | Write:
    """Find a place for a job among its owner's running jobs.

    It costs one read. If the owner holds a place of the same queue already, an aggregation counts the places that are
    taken.

    Args:
        job: The facts about the job.
        user_id: Its owner.
        limits: The limits of every user.
        account: The owner's account, if it is known.

    Returns:
        The write that takes the place, for the commit of the claim; or the reason to wait. That commit is refused if
        another job of the owner's has begun or ended since.
    """
    now = store().host.now()
    own = limits_of(limits, account, now)
    path, today = _path(user_id), now.date().isoformat()
    found = store().documents.get(path)
    # Without the job itself: an attempt that was lost leaves its place to this attempt.
    usage = Usage.of(found.data if found is not None else {}, today, now - FORGOTTEN).without(job.id)
    is_new = job.started_at is None
    if usage.has_had_their_day(own, is_new=is_new):
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        return Deferred("waiting-for-tomorrow", midnight + timedelta(seconds=store().host.uniform(0, 600)))
    stage = _stage(job.type, usage, own, now)
    if stage is not None:
        known = job.stage == stage and usage.waiting
        wait = [] if known else [_write(path, found, {"running": usage.running, "types": usage.types, "waiting": 1})]
        return Deferred(stage, extra=wait)
    lapsed = job.work_with_lapsed() - job.work_seconds
    taken = {
        "running": {**usage.running, job.id: now},
        "types": {**usage.types, job.id: job.type},
        "day": today,
        "began": usage.began + int(is_new),
        "work": {today: usage.work_seconds + lapsed},
        "outputBytes": {today: usage.output_bytes},
        "mediaSeconds": {today: usage.media_seconds},
    }
    return _write(path, found, taken)


def _stage(job_type: str, usage: Usage, limits: UserLimits, now: datetime) -> HeldStage | None:
    """Return the reason for which a job must wait until other jobs end; None if it may begin."""
    if limits.at_once is not None and len(usage.running) >= limits.at_once:
        return "waiting-for-other-jobs"
    held = usage.held(job_type)
    if held == 0:
        return None  # A user's first job in a queue is never held back, and nothing is counted for it.
    running = store().documents.count(declared.running(job_type, now))
    another = may_take_another(held, registry.job_types()[job_type].at_once, running)
    return None if another else "waiting-for-other-users"


def release_slot(user_id: str, job_id: str, work_seconds: int, release: ReleaseSlot) -> Write:
    """Return the write that gives a job's place back, and counts what the job has taken. Its answer says whether other
    jobs wait.

    Args:
        user_id: The owner.
        job_id: The job.
        work_seconds: Seconds that the attempt took.
        release: The effect, which says what the job has made.
    """
    today = store().host.now().date().isoformat()
    counted = {"work": work_seconds, "outputBytes": release.output_bytes, "mediaSeconds": release.media_seconds}
    added = {name: {today: Increment(number)} for name, number in counted.items()}
    return Merge(_path(user_id), {"running": {job_id: DELETE_FIELD}, "waiting": Increment(0), **added})


def wake_next(user_id: str, released: Written | None) -> None:
    """Start the oldest job of a user's that waits for a place, if there is such a job.

    Args:
        user_id: The owner.
        released: The answer to `release_slot`, if it is known.
    """
    if released is not None and released.sums["waiting"] == 0:
        return
    waiting = declared.waiting_for_a_place(user_id).only(*WAKING).first(WOKEN_AT_MOST)
    for oldest in store().documents.find(waiting):
        if oldest.data.get("cancelRequested") is True:
            continue  # It would not take the place. The sweeper ends it, and must not meet our write.
        # It waits no longer, so that the next job to end wakes another one. Should the task be lost, the sweeper finds
        # it by its time.
        with contextlib.suppress(Conflict):
            due = oldest.data.get("createdAt") or store().host.now()
            Fence(store().documents, oldest).write({"stage": "queued", "runAfter": due})
            store().enqueue(JobState.of(oldest.id, oldest.data), f"place/{store().host.token()}")
            return
    if released is not None:
        # If another job has begun, ended, or begun to wait, the next job to end looks again.
        with contextlib.suppress(Conflict):
            store().documents.commit([Update(_path(user_id), {"waiting": 0}, released.update_time)])


def _write(path: str, found: StoredDocument | None, fields: dict[str, object]) -> Write:
    return Create(path, fields) if found is None else Update(path, fields, found.update_time)


def _path(user_id: str) -> str:
    return f"{config.JOB_USERS}/{user_id}"
