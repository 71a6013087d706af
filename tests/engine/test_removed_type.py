"""A type of job that an app no longer has: its jobs end with a sentence, whatever their state is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.driven import DrivenJob
from stoker import config
from stoker.errors import UnsupportedType
from stoker.firestore.writes import Create
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.settings import forget as forget_settings
from stoker.jobs.settings import is_paused
from stoker.jobs.store import store
from stoker.jobs.sweeper import EVERYTHING_MINUTES, sweep
from stoker.models.job import FOUND_BY_STAGE
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


@pytest.mark.parametrize("stage", FOUND_BY_STAGE)
def test_a_job_of_it_that_was_held_back_fails_too(engine: object, stage: str) -> None:
    """The steps that look for held jobs look for the types that are there."""
    job = DrivenJob(**WORDS, createdAt=LONG_AGO, stage=stage, runAfter=LONG_AGO)
    for minute in range(2 * EVERYTHING_MINUTES):
        sweep(datetime.now(UTC) + timedelta(minutes=minute))
    refused(job)


def test_a_pause_of_it_lifts_no_other_pause(engine: object, capsys: pytest.CaptureFixture[str]) -> None:
    paused = {"paused": ["word-count", "audio-generation"]}
    store().documents.commit([Create(f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}", paused)])
    forget_settings()
    try:
        assert is_paused("audio-generation")
        assert not is_paused("video-processing")
        assert "pauses word-count, which no type of job here has" in capsys.readouterr().out
    finally:
        forget_settings()
