"""The conditions of the table's rows: pure functions of a job and a time."""

from datetime import datetime

from stoker import config
from stoker.jobs.states import JobState
from stoker.models.job import FOUND_BY_STAGE


def always(job: JobState, now: datetime) -> bool:
    """Return True, for a row without a condition."""
    return True


def is_held(job: JobState, now: datetime) -> bool:
    """Return whether an attempt holds the job under a lease that has not lapsed."""
    return job.lease_end is not None and job.lease_end > now


def cancel_is_requested(job: JobState, now: datetime) -> bool:
    """Return whether the owner wants the job to stop."""
    return job.cancel_requested


def must_wait(job: JobState, now: datetime) -> bool:
    """Return whether the job's `runAfter` lies in the future."""
    return job.run_after is not None and job.run_after > now


def has_no_time(job: JobState, now: datetime) -> bool:
    """Return whether the sweeper can find the job neither by its `runAfter` nor by its stage."""
    return job.run_after is None and job.stage not in FOUND_BY_STAGE


def no_attempt_is_left(job: JobState, now: datetime) -> bool:
    """Return whether all attempts of the job have begun."""
    return job.attempt >= job.max_attempts


def no_work_is_left(job: JobState, now: datetime) -> bool:
    """Return whether all attempts together took the longest time that a job may take.

    A deletion of a user's data has no such bound.
    """
    return job.work_with_lapsed() >= config.MAX_WORK_SECONDS and not job.deletes_owner


def has_counted_items(job: JobState, now: datetime) -> bool:
    """Return whether the job's output counts its items."""
    return job.failed_items is not None


def items_have_failed(job: JobState, now: datetime) -> bool:
    """Return whether the job's output counts failed items."""
    return bool(job.failed_items)
