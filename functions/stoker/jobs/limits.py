"""The limits of a user: how many jobs may run, and how much they may do in a day.

`stoker.models.settings` has the numbers.

`jobUsers/{uid}` records the places that the user's running jobs hold:
`{running: {jobId: since}, types: {jobId: type}, day: "2026-11-22", began: 7, work: {"2026-11-22": 340},
outputBytes: {"2026-11-22": 81920}, mediaSeconds: {"2026-11-22": 95}, waiting: 1, accountCreatedAt,
stored: {bytes, countedAt}}`.

It is written in the commits that begin and end an attempt, so that it can't differ from the jobs for long.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from google.cloud.firestore import DELETE_FIELD, Increment

from stoker import registry
from stoker.errors import StorageQuotaExceeded
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Create, ExtraWrites, Merge, Update, Write
from stoker.jobs.effects import ReleasePlace
from stoker.jobs.fairness import Usage, limits_of, may_take_another
from stoker.jobs.quota import StoredCount, count_stored, quota_problem
from stoker.jobs.states import JobState
from stoker.jobs.store import store
from stoker.jobs.waiting import may_begin, oldest, queued, usage_path
from stoker.models.job import HeldStage
from stoker.models.settings import UserLimits
from stoker.queries import job_queries

QUEUED_AT_MOST = 20
"""The most jobs of a user that are queued at a time. If more older jobs of the user are pending, a job is not queued
yet."""


@dataclass(frozen=True)
class Deferred:
    """A job must wait.

    Attributes:
        stage: The limit that its owner has reached.
        due: The time until which the job must wait; None if that is not known.
        extra: Writes of other documents, for the commit that writes the job's stage.
    """

    stage: HeldStage
    due: datetime | None = None
    extra: ExtraWrites = ()


@dataclass(frozen=True)
class AboveQuota:
    """A job may not begin, because its owner stores too much.

    Attributes:
        error: The error that the job ends with.
        extra: Writes of other documents, for the commit that ends the job.
    """

    error: StorageQuotaExceeded
    extra: ExtraWrites


def take_place(
    job: JobState,
    user_id: str,
    limits: UserLimits,
    account_created_at: datetime | None = None,
    *,
    makes_files: bool = True,
) -> Deferred | AboveQuota | Write:
    """Find a place for a job among its owner's running jobs.

    This costs one read. If the owner already holds a place of the same queue, it also costs an aggregation, which
    counts the running attempts of that queue.

    Args:
        job: The facts about the job.
        user_id: The job's owner.
        limits: The limits of every user.
        account_created_at: The time at which the owner's account was made; None if it is not known.
        makes_files: Whether the job makes files, so that the quota of stored bytes applies.

    Returns:
        The write that takes the place, for the commit that begins the attempt; or the reason why the job must wait or
        end. That commit is refused if another job of the owner has begun or ended since this read.
    """
    now = store().host.now()
    path, today = usage_path(user_id), now.date().isoformat()
    found = store().documents.get(path)
    before = Usage.of(found.data if found is not None else {}, now)
    # The job itself does not count: a lost attempt at it leaves its place to this attempt.
    usage, own = before.without(job.id), limits_of(limits, account_created_at, now)
    left: dict[str, object] = {"running": usage.running, "types": usage.types}
    is_new = job.started_at is None
    if usage.is_at_limit_of_day(own, is_new=is_new):
        return Deferred(*_tomorrow(now), extra=[] if usage == before else [_write(path, found, left)])
    stage = _stage(job.type, usage, own, now)
    if stage is not None:
        # Nothing is written if the document already says that jobs wait. If many jobs begin to wait at once, each write
        # would make the others be refused.
        known = usage.waiting and usage == before
        return Deferred(stage, extra=[] if known else [_write(path, found, {**left, "waiting": 1})])
    kept = StoredCount.of(found.data if found is not None else {})
    # A job that has begun before may go on, because the work of its earlier attempts is already spent.
    quota = own.storage_gib if is_new and makes_files else None
    stored = count_stored(user_id, kept, quota)
    counted: dict[str, object] = {"stored": stored.to_firestore()} if stored is not None and stored != kept else {}
    if (problem := quota_problem(stored, quota)) is not None:
        # The failed job counts for the day. Otherwise, a user could take turns of the queue without end.
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
    """Return the reason why a job must wait until other jobs end; None if it may begin."""
    if _is_full(usage, limits):
        return "waiting-for-other-jobs"
    held = usage.held(job_type)
    if held == 0:
        return None  # A user's first job in a queue is never held back, so nothing need be counted.
    running = store().documents.count(job_queries.running(job_type, now))
    another = may_take_another(held, registry.job_types()[job_type].at_once, running)
    return None if another else "waiting-for-other-users"


def _is_full(usage: Usage, limits: UserLimits) -> bool:
    return limits.at_once is not None and len(usage.running) >= limits.at_once


def reason_to_defer(job: JobState, user_id: str, limits: UserLimits) -> Deferred | None:
    """Return the reason why a job need not be queued yet; None if it must be queued.

    If such a job were queued, a worker would find that it must wait. Many such jobs of a user would take many turns of
    the queue for that.

    This costs one read, an aggregation. It costs one more read if older jobs of the user are pending, and three more if
    there are many of them. If jobs of the user wait although the user is below the limit, the oldest of them are read
    too.

    Args:
        job: The facts about the job.
        user_id: The job's owner.
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
    if usage.is_at_limit_of_day(own, is_new=job.started_at is None):
        return Deferred(*_tomorrow(now))
    if usage.waiting and (stage := _stage_of_those_before(job.type, user_id, usage, own)) is not None:
        return Deferred(stage)
    if older < QUEUED_AT_MOST or queued(user_id) <= QUEUED_AT_MOST:
        return None
    return Deferred(
        "waiting-for-other-jobs", extra=[] if usage.waiting else [Merge(usage_path(user_id), {"waiting": 1})]
    )


def _stage_of_those_before(job_type: str, user_id: str, usage: Usage, limits: UserLimits) -> HeldStage | None:
    """Return the reason why older jobs of the user wait, if a new job must wait behind them."""
    if _is_full(usage, limits):
        return "waiting-for-other-jobs"
    if usage.held(job_type) == 0:
        return None  # As in `_stage`. Also, no job of the same queue would wake it.
    before: dict[HeldStage, Selection] = {
        "waiting-for-other-jobs": job_queries.waiting_for_other_jobs(user_id),
        "waiting-for-other-users": job_queries.waiting_for_other_users(user_id, job_type),
    }
    return next((stage for stage, jobs in before.items() if any(map(may_begin, oldest(jobs)))), None)


def _older(job: JobState, user_id: str) -> int:
    """Count the user's pending jobs that are older than a job, up to `QUEUED_AT_MOST`."""
    if job.created_at is None:
        return 0
    pending = job_queries.pending_of(user_id).preceding((job.created_at, job.id))
    return store().documents.count(pending.first(QUEUED_AT_MOST))


def _tomorrow(now: datetime) -> tuple[HeldStage, datetime]:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return "waiting-for-tomorrow", midnight + timedelta(seconds=store().host.uniform(0, 600))


def release_place(user_id: str, job_id: str, work_seconds: int, release: ReleasePlace) -> Write:
    """Return the write that gives a job's place back, and adds the job's work to that of the day.

    The answer to the write says whether other jobs of the user wait.

    Args:
        user_id: The owner.
        job_id: The job.
        work_seconds: The time that the attempt took, in seconds.
        release: The effect, with the size and the duration of the job's outputs.
    """
    today = store().host.now().date().isoformat()
    counted = {"work": work_seconds, "outputBytes": release.output_bytes, "mediaSeconds": release.media_seconds}
    added = {name: {today: Increment(number)} for name, number in counted.items()}
    return Merge(usage_path(user_id), {"running": {job_id: DELETE_FIELD}, "waiting": Increment(0), **added})


def _write(path: str, found: StoredDocument | None, fields: dict[str, object]) -> Write:
    return Create(path, fields) if found is None else Update(path, fields, found.update_time)
