"""Limits: how many jobs of a user may run. `jobUsers/{uid}` holds the places that the user's running jobs take.

`{running: {jobId: since}, types: {jobId: type}, day: "2026-11-22", began: 7, work: {"2026-11-22": 340},
outputBytes: {"2026-11-22": 81920}, mediaSeconds: {"2026-11-22": 95}, waiting: 1, accountCreatedAt,
stored: {bytes, countedAt}}`.
It is written in the commit of the claim and of the final write, so that it can't disagree with the jobs for long.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from google.cloud.firestore import DELETE_FIELD, Increment

from stoker import registry
from stoker.errors import StorageQuotaExceeded
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Create, ExtraWrites, Merge, Update, Write
from stoker.jobs.effects import ReleaseSlot
from stoker.jobs.fairness import Usage, limits_of, may_take_another
from stoker.jobs.quota import StoredCount, count_stored, quota_problem
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.waiting import may_begin, oldest, queued, usage_path
from stoker.models.job import HeldStage
from stoker.models.settings import UserLimits
from stoker.queries import job_queries

QUEUED_AT_MOST = 20
"""If so many older jobs of a user are pending, a job is not queued yet."""


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


@dataclass(frozen=True)
class AboveQuota:
    """A job may not begin, because its owner stores too much.

    Attributes:
        error: The error that the job ends with.
        extra: Writes beside that of the job.
    """

    error: StorageQuotaExceeded
    extra: ExtraWrites


def take_slot(
    job: JobState,
    user_id: str,
    limits: UserLimits,
    account_created_at: datetime | None = None,
    *,
    makes_files: bool = True,
) -> Deferred | AboveQuota | Write:
    """Find a place for a job among its owner's running jobs.

    It costs one read. If the owner holds a place of the same queue already, an aggregation counts the places that are
    taken.

    Args:
        job: The facts about the job.
        user_id: Its owner.
        limits: The limits of every user.
        account_created_at: The time at which the owner's account was made, if it is known.
        makes_files: Whether a quota of files holds for the job.

    Returns:
        The write that takes the place, for the commit of the claim; or the reason to wait, or to end. That commit is
        refused if another job of the owner's has begun or ended since.
    """
    now = store().host.now()
    path, today = usage_path(user_id), now.date().isoformat()
    found = store().documents.get(path)
    before = Usage.of(found.data if found is not None else {}, now)
    # Without the job itself: an attempt that was lost leaves its place to this attempt.
    usage, own = before.without(job.id), limits_of(limits, account_created_at, now)
    left: dict[str, object] = {"running": usage.running, "types": usage.types}
    is_new = job.started_at is None
    if usage.has_had_their_day(own, is_new=is_new):
        return Deferred(*_tomorrow(now), extra=[] if usage == before else [_write(path, found, left)])
    stage = _stage(job.type, usage, own, now)
    if stage is not None:
        # No write if it is known that jobs wait: of many jobs at once, each write would make the others be refused.
        known = usage.waiting and usage == before
        return Deferred(stage, extra=[] if known else [_write(path, found, {**left, "waiting": 1})])
    kept = StoredCount.of(found.data if found is not None else {})
    # A job that has begun goes on: it is too late to save the work.
    quota = own.storage_gib if is_new and makes_files else None
    stored = count_stored(user_id, kept, quota)
    counted: dict[str, object] = {"stored": stored.to_firestore()} if stored is not None and stored != kept else {}
    if (problem := quota_problem(stored, quota)) is not None:
        # It counts for the day: so many jobs that fail take no turns of the queue without end.
        return AboveQuota(problem, [_write(path, found, {**counted, "day": today, "began": usage.began + 1})])
    lapsed = job.work_with_lapsed() - job.work_seconds
    taken = {
        **counted,
        **({} if account_created_at is None else {"accountCreatedAt": account_created_at}),
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
    if _is_full(usage, limits):
        return "waiting-for-other-jobs"
    held = usage.held(job_type)
    if held == 0:
        return None  # A user's first job in a queue is never held back, and nothing is counted for it.
    running = store().documents.count(job_queries.running(job_type, now))
    another = may_take_another(held, registry.job_types()[job_type].at_once, running)
    return None if another else "waiting-for-other-users"


def _is_full(usage: Usage, limits: UserLimits) -> bool:
    return limits.at_once is not None and len(usage.running) >= limits.at_once


def turn_away(job: JobState, user_id: str, limits: UserLimits) -> Deferred | None:
    """Return the reason for which a job need not be queued yet, if there is a reason.

    A worker would find that the job has to wait. Many such jobs of a user would take many turns of the queue for that.
    It costs one read, an aggregation. It costs one read more if older jobs of the user are pending, and three more if
    they are many. While jobs of the user wait although the user is not at the limit, the oldest of them are read too.

    Args:
        job: The facts about the job.
        user_id: Its owner.
        limits: The limits of every user.
    """
    older = _older(job, user_id)
    if older == 0:
        return None
    now = store().host.now()
    found = store().documents.get(usage_path(user_id))
    data = found.data if found is not None else {}
    usage = Usage.of(data, now).without(job.id)
    own = limits_of(limits, usage.account_created_at, now)
    if usage.has_had_their_day(own, is_new=job.started_at is None):
        return Deferred(*_tomorrow(now))
    if usage.waiting and (stage := _stage_of_those_before(job.type, user_id, usage, own)) is not None:
        return Deferred(stage)
    if older < QUEUED_AT_MOST or queued(user_id) <= QUEUED_AT_MOST:
        return None
    return Deferred(
        "waiting-for-other-jobs", extra=[] if usage.waiting else [Merge(usage_path(user_id), {"waiting": 1})]
    )


def _stage_of_those_before(job_type: str, user_id: str, usage: Usage, limits: UserLimits) -> HeldStage | None:
    """Return the reason for which other jobs of the user wait, if a new job has to wait behind them."""
    if _is_full(usage, limits):
        return "waiting-for-other-jobs"
    if usage.held(job_type) == 0:
        return None  # As in `_stage`. No job of its queue would wake it, either.
    before: dict[HeldStage, Selection] = {
        "waiting-for-other-jobs": job_queries.waiting_for_other_jobs(user_id),
        "waiting-for-other-users": job_queries.waiting_for_other_users(user_id, job_type),
    }
    return next((stage for stage, jobs in before.items() if any(map(may_begin, oldest(jobs)))), None)


def _older(job: JobState, user_id: str) -> int:
    """Count the user's pending jobs that are older than a job; at most `QUEUED_AT_MOST` of them."""
    if job.created_at is None:
        return 0
    pending = job_queries.pending_of(user_id).preceding((job.created_at, job.id))
    return store().documents.count(pending.first(QUEUED_AT_MOST))


def _tomorrow(now: datetime) -> tuple[HeldStage, datetime]:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return "waiting-for-tomorrow", midnight + timedelta(seconds=store().host.uniform(0, 600))


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
    return Merge(usage_path(user_id), {"running": {job_id: DELETE_FIELD}, "waiting": Increment(0), **added})


def _write(path: str, found: StoredDocument | None, fields: dict[str, object]) -> Write:
    return Create(path, fields) if found is None else Update(path, fields, found.update_time)
