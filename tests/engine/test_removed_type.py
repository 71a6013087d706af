"""A type of job that an app no longer has: its jobs end with a sentence, whatever their state is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.driven import DrivenJob
from stoker.errors import UnsupportedType
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.sweeper import sweep
from unit.extend.registered import word_count

pytestmark = pytest.mark.parametrize("engine", ["memory"], indirect=True)

WORDS: dict[str, Any] = {"type": "word-count", "input": {"text": "one two"}}
LONG_AGO = datetime.now(UTC) - timedelta(hours=2)


def refused(job: DrivenJob) -> None:
    data = job.data()
    assert (data["status"], data["errorCode"]) == ("failed", "unsupported-type")
    assert "No worker here does jobs of type 'word-count'" in data["error"]


def test_a_new_job_of_it_fails(engine: object) -> None:
    job = DrivenJob(**WORDS)
    dispatch(job.found())
    refused(job)


def test_a_job_that_waited_for_its_queue_fails_in_the_next_sweep(engine: object) -> None:
    job = DrivenJob(**WORDS, createdAt=LONG_AGO)
    sweep()
    refused(job)


def test_a_job_whose_worker_died_fails_in_the_next_sweep(engine: object) -> None:
    with word_count():
        job = DrivenJob(**WORDS, createdAt=LONG_AGO)
        job.take()
        job.update({"lease.expiresAt": LONG_AGO})
    sweep()
    refused(job)


def test_a_job_of_it_can_be_cancelled_and_is_not_retried(engine: object) -> None:
    with word_count():
        job = DrivenJob(**WORDS)
        job.take()
    cancel_job(job.id)
    job.update({"status": "failed"})
    with pytest.raises(UnsupportedType):
        retry_job(job.id)
