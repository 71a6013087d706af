"""A zombie is an attempt that has lost its job, and does not know."""

import pytest

from engine.driven import DrivenJob
from stoker.errors import LeaseLost
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.events import Succeeded
from stoker.jobs.fields import RENEWED
from stoker.jobs.lease import Lease
from stoker.models.job import JobOutput


def lost(job: DrivenJob) -> Lease:
    """The first attempt at a job: it has lost it, and does not know."""
    held = job.take()
    job.lapse()
    return held


def test_a_zombie_does_not_take_another_attempts_end_for_its_own() -> None:
    """The owner has retried the job meanwhile: another attempt has the same number."""
    job = DrivenJob(maxAttempts=1)
    zombie = lost(job)
    assert begin_attempt(job.id) is None
    job.update(dict(RENEWED))
    job.take().end(Succeeded(JobOutput(files=[])))
    with pytest.raises(LeaseLost):
        zombie.end(Succeeded(JobOutput(files=[])))


def test_a_zombie_whose_job_was_its_last_attempt_saves_nothing() -> None:
    job = DrivenJob(maxAttempts=1)
    zombie = lost(job)
    assert begin_attempt(job.id) is None
    with pytest.raises(LeaseLost):
        zombie.save({"after": "a"})
