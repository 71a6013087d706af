"""Jobs whose event or task was lost are found by a sweep."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.counted import MINUTE, NOW, sweep_at
from engine.driven import DrivenJob, finish
from stoker.errors import Unavailable
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.events import FailedTransiently, OutOfTime, Preempted, Succeeded
from stoker.jobs.lease import Lease
from stoker.jobs.sweeper import EVERYTHING_MINUTES, RECHECK_MINUTES
from stoker.jobs.walk import OVERLAP
from stoker.models.job import JobOutput

pytestmark = [pytest.mark.parametrize("engine", ["memory"], indirect=True), pytest.mark.usefixtures("dated")]


def stale(queued: list[str]) -> DrivenJob:
    """A job whose event was lost, and then the task of the first sweep that has found it."""
    job = DrivenJob(createdAt=NOW - 2 * MINUTE)
    sweep_at(NOW)
    assert queued == [job.id]
    return job


def handed_back(queued: list[str], end: Any = None) -> DrivenJob:
    """A job that was handed back, and whose task does not come again."""
    job = DrivenJob(createdAt=NOW - timedelta(hours=2))
    sweep_at(NOW - 20 * MINUTE)
    finish(job.take(), end or Preempted())
    return job


def out_of_time(queued: list[str]) -> DrivenJob:
    return handed_back(queued, OutOfTime())


def failed_for_now(queued: list[str]) -> DrivenJob:
    return handed_back(queued, FailedTransiently(Unavailable("later"), 60))


def woken(queued: list[str]) -> DrivenJob:
    """A job that had to wait for another, and was woken when that had ended."""
    held: Lease = DrivenJob(createdAt=NOW).take()
    job = DrivenJob(createdAt=NOW - timedelta(hours=2))
    sweep_at(NOW - 20 * MINUTE)
    assert begin_attempt(job.id) is None
    assert job.data()["stage"] == "waiting-for-other-jobs"
    finish(held, Succeeded(JobOutput(files=[])))
    assert job.data()["stage"] == "queued"
    return job


@pytest.mark.parametrize("lose", [stale, handed_back, out_of_time, failed_for_now, woken])
def test_a_job_whose_task_was_lost_is_found_again(
    lose: Callable[[list[str]], DrivenJob], queued: list[str], settings: Callable[..., None]
) -> None:
    settings(userLimits={"atOnce": 1})
    job = lose(queued)
    queued.clear()
    for minute in range(1, RECHECK_MINUTES + 5):
        sweep_at(NOW + minute * MINUTE)
    assert job.id in queued


def test_a_job_that_is_written_with_an_old_time_is_found_within_the_hour(queued: list[str]) -> None:
    """As by a script that restores documents. Its event is lost."""
    sweep_at(NOW)
    job = DrivenJob(createdAt=NOW - timedelta(days=3))
    for minute in range(1, EVERYTHING_MINUTES + 2):
        sweep_at(NOW + minute * MINUTE)
    assert queued == [job.id]
    assert job.data()["runAfter"] == NOW - timedelta(days=3)


def test_a_sweep_that_did_not_run_for_a_day_leaves_no_gap(queued: list[str]) -> None:
    sweep_at(NOW - timedelta(days=1))
    ids = [
        DrivenJob(createdAt=NOW - timedelta(hours=hours), runAfter=due).id for hours in (20, 9, 1) for due in (None,)
    ]
    late = DrivenJob(createdAt=NOW - timedelta(days=2), runAfter=NOW - timedelta(hours=12))
    sweep_at(NOW)
    assert set(queued) == {*ids, late.id}


def test_a_sweep_whose_clock_was_ahead_hides_no_job(queued: list[str]) -> None:
    sweep_at(NOW + timedelta(hours=5))
    job = DrivenJob(createdAt=NOW - 2 * MINUTE)
    sweep_at(NOW)
    assert queued == [job.id]


def test_what_is_found_is_queued_at_once_and_once(queued: list[str]) -> None:
    sweep_at(NOW)
    job = DrivenJob(createdAt=NOW)
    sweep_at(NOW + 2 * MINUTE)
    assert queued == [job.id]
    assert job.data()["runAfter"] == job.data()["createdAt"]
    assert OVERLAP > MINUTE
