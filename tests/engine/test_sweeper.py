"""The sweeper brings back every job that was lost, and leaves the others alone."""

from datetime import UTC, datetime, timedelta

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from engine.driven import DrivenJob
from stoker import config
from stoker.firestore.writes import Create
from stoker.jobs.job import path_of
from stoker.jobs.store import Store, store
from stoker.jobs.sweeper import sweep


def write(name: str, **fields: object) -> DrivenJob:
    store().documents.commit([Create(path_of(name), fields)])
    return DrivenJob.there(name)


def test_a_document_that_is_too_large_keeps_no_other_from_being_brought_back(queued: list[str]) -> None:
    now = datetime.now(UTC)
    stale = now - timedelta(seconds=100)
    huge = DrivenJob(userId=7, input={"junk": "x" * (1024 * 1024 - 250)}, createdAt=stale)
    good = DrivenJob(createdAt=stale + timedelta(seconds=1))
    assert sweep(now) == 2
    assert queued == [good.id]
    data = huge.data()
    assert (data["status"], data["errorCode"]) == ("failed", "invalid-job")


@pytest.mark.parametrize("engine", [pytest.param("firestore", marks=pytest.mark.emulator)], indirect=True)
def test_a_document_that_can_not_be_decoded_keeps_no_other_from_being_brought_back(
    engine: Store, queued: list[str]
) -> None:
    """A store in memory holds no references."""
    now = datetime.now(UTC)
    stale = now - timedelta(seconds=100)
    elsewhere = firestore.Client(project="another", credentials=AnonymousCredentials()).document("a/b")
    foreign = DrivenJob(input={"source": elsewhere}, createdAt=stale)
    good = DrivenJob(createdAt=stale + timedelta(seconds=1))
    assert sweep(now) == 2
    assert queued == [good.id]
    found = store().documents.get(foreign.path, ["status", "errorCode"])
    assert found is not None
    assert (found.data["status"], found.data["errorCode"]) == ("failed", "invalid-job")


def test_a_page_that_is_full_is_not_the_end(queued: list[str]) -> None:
    now = datetime.now(UTC)
    early = now - timedelta(seconds=100)
    jobs = [DrivenJob(f"user{number}", createdAt=early) for number in range(config.SWEEP_PAGE + 7)]
    assert sweep(now) == len(jobs)
    assert sorted(queued) == sorted(job.id for job in jobs)


def test_a_fresh_job_and_a_living_one_are_left_alone(queued: list[str]) -> None:
    now = datetime.now(UTC).replace(minute=20)  # a minute in which everything is looked at
    alive = {"token": "t", "expiresAt": now + timedelta(seconds=60)}
    long_ago = now - timedelta(hours=1)
    DrivenJob(createdAt=now)
    stale = DrivenJob(createdAt=now - timedelta(minutes=5))
    DrivenJob(status="processing", createdAt=long_ago, lease=alive)
    lapsed = DrivenJob(status="processing", createdAt=now, lease={**alive, "expiresAt": now - timedelta(1)})
    DrivenJob(status="failed", createdAt=long_ago)
    assert sweep(now) == 2
    assert sorted(queued) == sorted([lapsed.id, stale.id])
