"""Jobs that have to wait take no turn of a queue, and an end in the meantime wakes them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore import DELETE_FIELD

from engine.driven import DrivenJob, finish
from engine.places import BATCH, DELETION, DONE, places, today
from engine.stores import FIRESTORE_IN_SOAK
from stoker import config
from stoker.access.standing import Standing
from stoker.firestore.writes import Create, Merge, Update
from stoker.jobs import dispatch as dispatch_module
from stoker.jobs import limits
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import Due, Succeeded
from stoker.jobs.store import Store, store
from stoker.jobs.sweeper import sweep
from stoker.models.document import Model
from stoker.models.job import BatchOutput, JobOutput

Settings = Callable[..., None]


def nothing(context: JobContext, job_input: Model) -> JobOutput:
    return JobOutput(files=[])


def test_the_many_jobs_of_a_user_are_not_even_queued(queued: list[str], settings: Settings) -> None:
    settings(userLimits={"atOnce": 3})
    leases = [DrivenJob("mallory").take() for _ in range(3)]
    waiting = DrivenJob("mallory")
    assert dispatch(waiting.found())
    assert begin_attempt(waiting.id) is None
    queued.clear()
    flood = [DrivenJob("mallory") for _ in range(50)]
    for job in flood:
        assert dispatch(job.found())
    assert queued == []
    assert {job.data()["stage"] for job in flood} == {"waiting-for-other-jobs"}
    # Others are queued as ever, and so is the deletion of the user's own data.
    other, deletion = DrivenJob("ada"), DrivenJob("mallory", **DELETION)
    dispatch(other.found())
    dispatch(deletion.found())
    assert queued == [other.id, deletion.id]
    queued.clear()
    for lease in leases:
        finish(lease, DONE)
    assert queued == [waiting.id, flood[0].id, flood[1].id]


def test_a_job_for_another_queue_is_queued_beside_jobs_that_wait(queued: list[str]) -> None:
    for number in range(14):
        DrivenJob(f"user{number}").take()
    DrivenJob("mallory").take()
    assert begin_attempt(DrivenJob("mallory").id) is None
    batch = DrivenJob("mallory", **BATCH)
    dispatch(batch.found())
    assert queued == [batch.id]


def test_of_many_jobs_in_the_same_moment_twenty_are_queued(queued: list[str]) -> None:
    moment = datetime.now(UTC)
    jobs = [DrivenJob("mallory", createdAt=moment) for _ in range(60)]
    for job in sorted(jobs, key=lambda job: job.id, reverse=True):
        dispatch(job.found())
    assert len(queued) <= limits.QUEUED_AT_MOST + 1
    assert {job.data().get("stage") for job in jobs if job.id not in queued} == {"waiting-for-other-jobs"}
    for job_id in list(queued)[:3]:
        finish(DrivenJob.there(job_id).take(), DONE)
    assert len(set(queued)) == len(queued)
    assert jobs[0].id in queued or len(queued) > limits.QUEUED_AT_MOST


@pytest.mark.parametrize(
    "others",
    [
        {"runAfter": datetime.now(UTC) + timedelta(days=29)},
        {"stage": "paused"},
        {"stage": "waiting-for-tomorrow", "runAfter": datetime.now(UTC) + timedelta(hours=1)},
    ],
    ids=["scheduled", "paused", "tomorrow"],
)
def test_jobs_that_can_not_begin_yet_hold_no_other_job_back(others: dict[str, Any], queued: list[str]) -> None:
    early = datetime.now(UTC) - timedelta(minutes=1)
    for _ in range(limits.QUEUED_AT_MOST + 5):
        DrivenJob("ada", createdAt=early, **others)
    job = DrivenJob("ada")
    dispatch(job.found())
    assert queued == [job.id]


@pytest.mark.parametrize(
    "older",
    [
        {"stage": "paused"},
        {"runAfter": datetime.max.replace(tzinfo=UTC)},
        {"stage": "waiting-for-tomorrow", "runAfter": datetime.max.replace(tzinfo=UTC)},
        {"stage": "waiting-for-other-users", **BATCH},
        {"cancelRequested": True},
        {"cancelRequested": True, "stage": "waiting-for-other-jobs"},
        {"cancelRequested": True, "stage": "waiting-for-other-users"},
    ],
    ids=["paused", "scheduled", "tomorrow", "another-queue", "cancelled", "cancelled-waiting", "cancelled-in-share"],
)
def test_a_job_is_queued_if_no_older_job_waits_for_the_place_that_is_free(
    older: dict[str, Any], queued: list[str], settings: Settings
) -> None:
    settings(userLimits={"atOnce": 3})
    DrivenJob("ada", createdAt=datetime.now(UTC) - timedelta(minutes=1), **older)
    DrivenJob("ada").take()
    # It was true a moment ago, or is true of another queue.
    store().documents.commit([Merge(f"{config.JOB_USERS}/ada", {"waiting": 1})])
    job = DrivenJob("ada")
    dispatch(job.found())
    assert queued == [job.id]


@pytest.mark.parametrize("stage", ["waiting-for-other-jobs", "waiting-for-other-users"])
def test_a_job_waits_behind_older_jobs_that_wait_for_the_same_place(
    stage: str, queued: list[str], settings: Settings
) -> None:
    settings(userLimits={"atOnce": 3})
    lease = DrivenJob("ada").take()
    older = DrivenJob("ada", stage=stage, createdAt=datetime.now(UTC) - timedelta(minutes=1))
    store().documents.commit([Merge(f"{config.JOB_USERS}/ada", {"waiting": 1})])
    job = DrivenJob("ada")
    dispatch(job.found())
    assert (job.data()["stage"], queued) == (stage, [])
    finish(lease, DONE)
    assert queued == [older.id]


@pytest.mark.parametrize("over", [{"began": 1000}, {"work": {"TODAY": 86400}}])
def test_after_a_users_day_jobs_are_not_even_queued(over: dict[str, Any], queued: list[str]) -> None:
    fields = {name: {today(): 86400} if name == "work" else value for name, value in over.items()}
    store().documents.commit([Create(f"{config.JOB_USERS}/mallory", {"day": today(), **fields})])
    DrivenJob("mallory", stage="waiting-for-tomorrow")
    job = DrivenJob("mallory")
    dispatch(job.found())
    assert (job.data()["stage"], queued) == ("waiting-for-tomorrow", [])
    assert job.data()["runAfter"] > datetime.now(UTC)


def test_a_new_users_limits_are_known_before_a_job_is_queued(
    engine: Store, queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "standing", {"eve": Standing(created_at=datetime.now(UTC))}.get)
    DrivenJob("eve").take()
    store().documents.commit([Merge(f"{config.JOB_USERS}/eve", {"began": 100})])
    DrivenJob("eve", stage="waiting-for-tomorrow")
    job = DrivenJob("eve")
    dispatch(job.found())
    assert (job.data()["stage"], queued) == ("waiting-for-tomorrow", [])


@pytest.mark.parametrize("end", ["before", "while"])
def test_a_job_that_begins_to_wait_as_the_last_other_ends_is_woken(
    end: str, queued: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(userLimits={"atOnce": 1})
    lease, first = DrivenJob("mallory").take(), DrivenJob("mallory")
    assert begin_attempt(first.id) is None
    first.update({"cancelRequested": True})  # It waits, and takes no place.
    late = DrivenJob("mallory")
    if end == "while":
        # The last job that runs ends between the look at the places and the write.
        looked = limits.reason_to_defer

        def then_ends(*args: Any) -> Any:
            held = looked(*args)
            finish(lease, DONE)
            return held

        monkeypatch.setattr(dispatch_module, "reason_to_defer", then_ends)
    else:
        finish(lease, DONE)
    dispatch(late.found())
    assert queued == [late.id]


def test_a_batch_is_woken_by_a_batch_and_not_a_film_whose_queue_is_full(queued: list[str]) -> None:
    for number in range(14):
        DrivenJob(f"user{number}").take()
    DrivenJob("mallory").take()
    film = DrivenJob("mallory")
    assert begin_attempt(film.id) is None
    leases = [DrivenJob("mallory", **BATCH).take() for _ in range(8)]
    batch = DrivenJob("mallory", **BATCH)
    assert begin_attempt(batch.id) is None
    assert (film.data()["stage"], batch.data()["stage"]) == ("waiting-for-other-users", "waiting-for-other-users")
    finish(leases[0], Succeeded(BatchOutput(total=0, succeeded=0, failed=0)))
    assert queued == [batch.id]
    batch.take()


def test_a_woken_film_whose_queue_is_full_leaves_its_turn_to_a_batch(queued: list[str], settings: Settings) -> None:
    settings(userLimits={"atOnce": 2})
    own = [DrivenJob("mallory").take(), DrivenJob("mallory").take()]
    film, batch = DrivenJob("mallory"), DrivenJob("mallory", **BATCH)
    for job in (film, batch):
        assert begin_attempt(job.id) is None
    for number in range(14):
        DrivenJob(f"user{number}").take()
    finish(own[0], DONE)
    assert queued == [film.id]
    run_attempt(film.id, nothing)
    assert film.data()["stage"] == "waiting-for-other-users"
    assert queued == [film.id, batch.id]
    batch.take()


def test_a_user_with_many_waiting_jobs_hides_no_other_user_from_free_places(queued: list[str]) -> None:
    sweep()
    early = datetime.now(UTC) - timedelta(hours=1)
    waits = {"stage": "waiting-for-other-users"}
    for _ in range(config.SWEEP_PAGE + 5):
        DrivenJob("mallory", **waits, createdAt=early)
    job = DrivenJob("zoe", **waits)
    sweep()
    assert job.id in queued
    assert len(queued) == 2


def test_jobs_that_waited_go_on_as_soon_as_limits_are_lifted(queued: list[str], settings: Settings) -> None:
    waiting = [DrivenJob("ada", stage=stage) for stage in ("waiting-for-other-jobs", "waiting-for-other-users") * 5]
    settings(userLimits=None)
    sweep()
    assert set(queued) == {job.id for job in waiting}


def test_ten_jobs_that_are_cancelled_hide_no_job_that_waits(queued: list[str], settings: Settings) -> None:
    settings(userLimits={"atOnce": 1})
    lease = DrivenJob("ada").take()
    waiting = [DrivenJob("ada") for _ in range(12)]
    for job in waiting:
        assert begin_attempt(job.id) is None
    for job in waiting[:10]:
        job.update({"cancelRequested": True})
    finish(lease, DONE)
    assert places("ada")["waiting"] == 1
    for job in waiting[:10]:
        dispatch(job.found(), Due("sweep"))
    assert waiting[10].id in queued


@pytest.mark.parametrize("limits", [{"atOnce": 1}, {"aDay": 1}])
def test_an_attempt_that_went_silent_keeps_no_place_while_its_job_waits(
    limits: dict[str, int], settings: Settings
) -> None:
    silent = DrivenJob("ada")
    silent.take()
    if "aDay" in limits:
        DrivenJob("ada").take()
        silent.update({"startedAt": DELETE_FIELD})
    else:
        store().documents.commit(
            [Update(f"{config.JOB_USERS}/ada", {f"running.{DrivenJob('ada').id}": datetime.now(UTC)})]
        )
    settings(userLimits=limits)
    silent.lapse()
    assert begin_attempt(silent.id) is None
    assert silent.status == "pending"
    assert silent.id not in places("ada")["running"]


def test_a_job_that_begins_to_wait_while_a_release_finds_none_is_woken(
    queued: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release has looked before the job waits, and records afterwards that nobody waits."""
    settings(userLimits={"atOnce": 1})
    lease, late = DrivenJob("mallory").take(), DrivenJob("mallory")
    store().documents.commit([Merge(f"{config.JOB_USERS}/mallory", {"waiting": 1})])
    commit = store().documents.commit

    def meanwhile(writes: Any, **named: Any) -> Any:
        if [getattr(write, "fields", None) for write in writes] == [{"waiting": 0}]:
            late.update({"stage": "waiting-for-other-jobs"})
        return commit(writes, **named)

    monkeypatch.setattr(store().documents, "commit", meanwhile)
    finish(lease, DONE)
    assert queued == [late.id]
    assert places("mallory")["waiting"] == 1


def test_a_batch_that_ends_does_not_forget_that_a_film_waits(queued: list[str]) -> None:
    batch = DrivenJob("mallory", **BATCH).take()
    film = DrivenJob("mallory", stage="waiting-for-other-users")
    store().documents.commit([Merge(f"{config.JOB_USERS}/mallory", {"waiting": 1})])
    finish(batch, Succeeded(BatchOutput(total=0, succeeded=0, failed=0)))
    assert (queued, places("mallory")["waiting"]) == ([], 1)
    finish(DrivenJob("mallory").take(), DONE)
    assert queued == [film.id]


def test_a_job_for_later_has_a_task_for_the_very_time(dues: list[datetime | None]) -> None:
    for wait in (timedelta(seconds=5), timedelta(days=29, hours=23)):
        job = DrivenJob(runAfter=datetime.now(UTC) + wait)
        dispatch(job.found())
        assert dues.pop() == job.data()["runAfter"]
        assert job.status == "pending"
    assert dues == []


def test_a_job_that_is_due_has_a_task_at_once(dues: list[datetime | None]) -> None:
    dispatch(DrivenJob(runAfter=datetime.now(UTC) - timedelta(seconds=1)).found())
    assert dues == [None]


def test_a_job_for_later_that_is_cancelled_or_waits_for_too_long_has_no_task(queued: list[str]) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    cancelled = DrivenJob(runAfter=tomorrow, cancelRequested=True)
    dispatch(cancelled.found())
    dispatch(DrivenJob(runAfter=datetime.now(UTC) + timedelta(days=31)).found())
    assert (cancelled.status, queued) == ("cancelled", [])


@FIRESTORE_IN_SOAK
def test_the_many_jobs_of_a_user_for_the_same_moment_have_twenty_tasks(queued: list[str]) -> None:
    moment = datetime.now(UTC) + timedelta(days=1)
    for number in range(40):
        dispatch(DrivenJob("mallory", runAfter=moment + timedelta(seconds=number % 30)).found())
    assert len(queued) == 20
    others = [DrivenJob("ada", runAfter=moment), DrivenJob("mallory", runAfter=moment + timedelta(minutes=2))]
    for job in others:
        dispatch(job.found())
    assert queued[20:] == [job.id for job in others]


def test_the_sweeper_begins_the_jobs_that_have_no_task_for_their_time(queued: list[str]) -> None:
    sweep()
    moment = datetime.now(UTC) + timedelta(seconds=30)
    jobs = [DrivenJob("mallory", runAfter=moment) for _ in range(21)]
    dispatch(jobs[0].found())
    assert queued == []
    jobs[0].become_due()
    sweep()
    assert queued == [jobs[0].id]
