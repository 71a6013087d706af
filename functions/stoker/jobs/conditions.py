"""Conditions of the table's rows: pure questions about a job at a time."""

from datetime import datetime

from stoker import config
from stoker.jobs.states import JobState
from stoker.models.job import FOUND_BY_STAGE


def always(job: JobState, now: datetime) -> bool:
    """Return True: the condition of a row that fits each time."""
    return True


def is_held(job: JobState, now: datetime) -> bool:
    """Return whether an attempt holds the job and is believed to be alive."""
    return job.lease_end is not None and job.lease_end > now


def cancel_is_requested(job: JobState, now: datetime) -> bool:
    """Return whether the owner wants the job to stop."""
    return job.cancel_requested


def must_wait(job: JobState, now: datetime) -> bool:
    """Return whether the job's `runAfter` lies in the future."""
    return job.run_after is not None and job.run_after > now


def has_no_time(job: JobState, now: datetime) -> bool:
    """Return whether the sweeper can find the job neither by a time nor by the stage in which it is held back."""
    return job.run_after is None and job.stage not in FOUND_BY_STAGE


def no_attempt_is_left(job: JobState, now: datetime) -> bool:
    """Return whether as many attempts have begun as the job has."""
    return job.attempt >= job.max_attempts


def no_work_is_left(job: JobState, now: datetime) -> bool:
    """Return whether the job was worked on for as long as a job may be. A deletion of a user's data may go on."""
    return job.work_with_lapsed() >= config.MAX_WORK_SECONDS and not job.deletes_owner


def has_figures(job: JobState, now: datetime) -> bool:
    """Return whether the job's output says how many of its items were done."""
    return job.failed_items is not None


def items_have_failed(job: JobState, now: datetime) -> bool:
    """Return whether the job's output names items that have failed."""
    return bool(job.failed_items)
