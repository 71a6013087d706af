"""The ceiling: a bound on the work of the whole project in a day, so that the bill has a bound too."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from stoker import config, registry
from stoker.firestore.writes import Create, Merge, Write
from stoker.jobs.settings import settings, stopped_until
from stoker.jobs.store import store
from stoker.jobs.walk import Walk
from stoker.logs import JobLog
from stoker.models.settings import ProjectLimits
from stoker.queries import job_queries

NEAR_PERCENT = (50, 80)
"""The percentages of a limit that are logged, each once a day."""


def hold_ceiling(walk: Walk) -> None:
    """Stop all types of jobs until tomorrow if the project's jobs of today have reached a limit, and log that.

    If a limit is near, this is logged too.

    This makes one aggregation over the jobs of each type that have ended today, and one over the jobs that were deleted
    since. An aggregation costs a read for each thousand jobs. Nothing is written for the single job.

    Args:
        walk: The sweep's step. Its cursor records the percentage that was logged today.
    """
    now, limits = walk.now, settings().project_limits
    if limits is None or stopped_until(now) is not None:
        return
    jobs, seconds = used_today(now)
    used = {"jobs": jobs, "workHours": round(seconds / 3600, 1)}
    percent = used_percent(limits, jobs, seconds)
    if percent < 100:
        _log_near(walk, _day_of(now), percent, used)
        return
    path, tomorrow = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}", _day_of(now) + timedelta(days=1)
    store().documents.commit([Merge(path, {"stoppedUntil": tomorrow})])
    JobLog("").warning(
        f"The project has reached its limit of the day: no job begins until midnight (UTC). {path} has the limits.",
        event="project-stopped",
        **used,
    )


def used_today(now: datetime) -> tuple[int, float]:
    """Return the number of jobs that have ended today, in UTC, and the time that their attempts took, in seconds.

    Args:
        now: The time, in UTC.
    """
    ended = [
        store().documents.count_and_sum(selection, "workSeconds")
        for selection in (
            *(job_queries.ended_since(job_type, _day_of(now)) for job_type in registry.job_types()),
            job_queries.deleted_of(now.date()),
        )
    ]
    return sum(count for count, _ in ended), sum(seconds for _, seconds in ended)


def _log_near(walk: Walk, today: datetime, percent: float, used: Mapping[str, float]) -> None:
    cursor = walk.cursors.of(walk.name)
    logged = cursor.get("percent", 0) if cursor.get("day") == today else 0
    near = max((mark for mark in NEAR_PERCENT if mark <= percent), default=0)
    if near > logged:
        walk.cursors.set(walk.name, None, day=today, percent=near)
        JobLog("").warning(
            f"The project has used {near} % of a limit of the day. At 100 %, no job begins until midnight (UTC).",
            event="project-near-limit",
            percent=near,
            **used,
        )


def deleted_work_writes(data: Mapping[str, Any], now: datetime) -> list[Write]:
    """Return the write that keeps the work of a deleted job in the count of the day, if the job has ended today.

    Args:
        data: The job's fields, at least `completedAt` and `workSeconds`.
        now: The time, in UTC.
    """
    ended, seconds = data.get("completedAt"), data.get("workSeconds")
    if not isinstance(ended, datetime) or ended < _day_of(now) or not isinstance(seconds, int):
        return []
    counted = {"day": now.date().isoformat(), "workSeconds": seconds, "expiresAt": now + timedelta(days=2)}
    return [Create(f"{config.DELETED_JOBS}/{store().host.token()}", counted)]


def _day_of(now: datetime) -> datetime:
    return datetime.combine(now.date(), time(), UTC)


def used_percent(limits: ProjectLimits, jobs: int, work_seconds: float) -> float:
    """Return the used part of a day's limits, in percent: that of the limit of which the greatest part is used.

    Args:
        limits: The limits.
        jobs: The number of jobs that were worked on and have ended today.
        work_seconds: The time that their attempts took, in seconds.

    Example:
        >>> used_percent(ProjectLimits(jobs_a_day=100, work_hours_a_day=2), 80, 3600)
        80.0
    """
    of_jobs = 100 * jobs / limits.jobs_a_day if limits.jobs_a_day is not None else 0
    of_work = 100 * work_seconds / (3600 * limits.work_hours_a_day) if limits.work_hours_a_day is not None else 0
    return max(of_jobs, of_work)
