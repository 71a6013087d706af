"""Pauses and limits: a job that may not begin waits, says why, and begins when it may."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from engine.driven import DrivenJob, finish
from stoker import config
from stoker.errors import Unavailable, UnsupportedMedia
from stoker.firestore.writes import Update
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.events import FailedPermanently, FailedTransiently, Succeeded
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput

Settings = Callable[..., None]
DONE = Succeeded(JobOutput(files=[]))


@pytest.fixture
def user_id() -> str:
    return uuid4().hex


def test_a_paused_type_does_not_begin_and_says_so(settings: Settings, queued: list[str]) -> None:
    settings(paused=["video-processing"])
    job = DrivenJob()
    assert begin_attempt(job.id) is None
    assert (job.status, job.data()["stage"]) == ("pending", "paused")
    held = job.data()["updatedAt"]
    assert begin_attempt(job.id) is None
    assert job.data()["updatedAt"] == held  # logged once
    sweep()
    assert queued == []
    settings(paused=[])
    sweep()
    assert queued == [job.id]
    finish(job.take(), DONE)


def test_a_type_that_is_paused_lets_those_go_on_that_run(settings: Settings) -> None:
    job = DrivenJob()
    held = job.take()
    settings(paused=["video-processing"])
    held.report(50, "encoding")
    finish(held, DONE)
    assert job.status == "completed"


def test_settings_that_are_not_as_they_must_be_stop_nothing(settings: Settings) -> None:
    settings(paused="everything")
    DrivenJob().take()


def test_a_limit_with_a_slip_of_the_pen_lifts_no_pause(settings: Settings) -> None:
    settings(paused=["video-processing"], userLimits={"atOnce": "3"})
    assert begin_attempt(DrivenJob().id) is None


def test_a_job_that_crashes_its_workers_is_held_by_a_pause_too(settings: Settings) -> None:
    job = DrivenJob()
    job.take()
    job.lapse()
    settings(paused=["video-processing"])
    assert begin_attempt(job.id) is None
    data = job.data()
    assert (data["status"], data["stage"]) == ("pending", "paused")
    assert [one["errorCode"] for one in data["attempts"]] == ["lease-lost"]


def test_a_user_has_so_many_jobs_at_once(settings: Settings, queued: list[str], user_id: str) -> None:
    settings(userLimits={"atOnce": 2})
    jobs = [DrivenJob(user_id) for _ in range(4)]
    held = [jobs[0].take(), jobs[1].take()]
    assert [begin_attempt(job.id) for job in jobs[2:]] == [None, None]
    assert [job.data()["stage"] for job in jobs[2:]] == ["waiting-for-other-jobs"] * 2
    assert [job.status for job in jobs[2:]] == ["pending"] * 2
    DrivenJob("another").take()

    finish(held[0], DONE)
    assert queued == [jobs[2].id]  # the oldest is woken
    held[0] = jobs[2].take()
    assert begin_attempt(jobs[3].id) is None
    finish(held[1], FailedPermanently(UnsupportedMedia("no")))
    assert queued == [jobs[2].id, jobs[3].id]
    finish(jobs[3].take(), DONE)
    finish(held[0], DONE)
    assert len(queued) == 2  # nobody waits any more


def test_of_many_at_once_no_more_begin_than_may(settings: Settings, queued: list[str], user_id: str) -> None:
    settings(userLimits={"atOnce": 3})
    jobs = [DrivenJob(user_id) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        held = [one for one in pool.map(lambda job: begin_attempt(job.id), jobs) if one is not None]
    assert len(held) == 3
    done = 0
    while held:
        finish(held.pop(), DONE)
        done += 1
        held += [one for job_id in queued if (one := begin_attempt(job_id)) is not None]
        assert len(held) <= 3
    assert done == 8


def test_each_end_wakes_another_job(settings: Settings, queued: list[str], user_id: str) -> None:
    settings(userLimits={"atOnce": 2})
    held = [DrivenJob(user_id).take() for _ in range(2)]
    waiting = [DrivenJob(user_id) for _ in range(3)]
    for job in waiting:
        assert begin_attempt(job.id) is None
    for one in held:
        finish(one, DONE)  # before any of those that were woken has come
    assert queued == [waiting[0].id, waiting[1].id]


def test_a_waiting_job_that_is_to_stop_is_not_woken(settings: Settings, queued: list[str], user_id: str) -> None:
    settings(userLimits={"atOnce": 1})
    held = DrivenJob(user_id).take()
    stopping, other = DrivenJob(user_id), DrivenJob(user_id)
    assert [begin_attempt(stopping.id), begin_attempt(other.id)] == [None, None]
    stopping.update({"cancelRequested": True})
    finish(held, DONE)
    assert queued == [other.id]
    sweep()
    assert stopping.status == "cancelled"


@pytest.mark.parametrize("what", ["cancelled", "invalid", "paused", "lost"])
def test_a_woken_job_that_does_not_begin_lets_the_next_one_in(
    settings: Settings, queued: list[str], user_id: str, what: str
) -> None:
    settings(userLimits={"atOnce": 1})
    held = DrivenJob(user_id).take()
    first, second = (
        DrivenJob(user_id),
        DrivenJob(user_id, type="batch-operation", input={"operation": "export-user-data"}),
    )
    assert [begin_attempt(job.id) for job in (first, second)] == [None, None]
    finish(held, DONE)
    match what:
        case "cancelled":
            first.update({"cancelRequested": True})
        case "invalid":
            first.update({"input": {}})
        case "paused":
            settings(userLimits={"atOnce": 1}, paused=["video-processing"])
        case "lost":
            first.update({"maxAttempts": 1})
            first.take()
            first.lapse()
    assert begin_attempt(first.id) is None
    assert queued[-1] == second.id
    assert begin_attempt(second.id) is not None


def test_an_attempt_that_failed_gives_its_place_back(settings: Settings, user_id: str) -> None:
    settings(userLimits={"atOnce": 1})
    job, other = DrivenJob(user_id), DrivenJob(user_id)
    finish(job.take(), FailedTransiently(Unavailable("later"), 60))
    other.take()


def test_a_job_that_was_lost_keeps_its_place_until_it_has_ended(
    settings: Settings, queued: list[str], user_id: str
) -> None:
    settings(userLimits={"atOnce": 1})
    job, other = DrivenJob(user_id, maxAttempts=1), DrivenJob(user_id)
    job.take()
    job.lapse()
    assert begin_attempt(other.id) is None
    assert begin_attempt(job.id) is None
    assert job.data()["errorCode"] == "attempts-exhausted"
    assert begin_attempt(other.id) is not None


def test_a_user_has_so_many_jobs_a_day(settings: Settings, user_id: str) -> None:
    settings(userLimits={"aDay": 2})
    for _ in range(2):
        held = DrivenJob(user_id).take()
        finish(held, FailedTransiently(Unavailable("later"), 60))
    again = DrivenJob(user_id, startedAt=datetime.now(UTC))
    again.take()  # it has begun before, and counts once
    third = DrivenJob(user_id)
    assert begin_attempt(third.id) is None
    data = third.data()
    assert (data["status"], data["stage"]) == ("pending", "waiting-for-tomorrow")
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert data["runAfter"].date() == tomorrow
    with pytest.raises(NotYetDue):
        begin_attempt(third.id)


def test_a_new_day_is_a_new_count(settings: Settings, user_id: str) -> None:
    settings(userLimits={"aDay": 1})
    DrivenJob(user_id).take()
    store().documents.commit([Update(f"{config.JOB_USERS}/{user_id}", {"day": "2026-01-01"})])
    DrivenJob(user_id).take()


def test_a_waiting_job_can_be_cancelled(settings: Settings, queued: list[str], user_id: str) -> None:
    settings(userLimits={"atOnce": 1})
    DrivenJob(user_id).take()
    waiting = DrivenJob(user_id)
    later = DrivenJob(user_id, runAfter=datetime.now(UTC) + timedelta(days=3))
    assert begin_attempt(waiting.id) is None
    for job in (waiting, later):
        job.update({"cancelRequested": True})
    sweep()
    assert (waiting.status, later.status) == ("cancelled", "cancelled")
    assert queued == []


def test_those_that_wait_are_not_read_again_and_again(settings: Settings, queued: list[str], user_id: str) -> None:
    settings(userLimits={"atOnce": 1})
    now = datetime.now(UTC)
    sweep(now - timedelta(minutes=5))
    stale = now - timedelta(seconds=90)
    waiting = DrivenJob(user_id, createdAt=stale, stage="waiting-for-other-jobs")
    lost = DrivenJob(user_id, createdAt=stale, stage="queued")
    DrivenJob(user_id, createdAt=stale, runAfter=now + timedelta(days=1))
    assert sweep(now) == 1
    assert queued == [lost.id]
    sweep(now + timedelta(minutes=5))
    assert queued.count(waiting.id) == 1  # in case that a wake-up was lost
