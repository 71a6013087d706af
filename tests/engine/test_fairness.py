"""Fairness: the jobs of one user don't keep the jobs of others from beginning, without any setting."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from engine.driven import DrivenJob, finish
from engine.hosts import Ticking
from engine.places import BATCH, DELETION, DONE, places, today
from engine.stores import FIRESTORE_IN_SOAK
from stoker import config
from stoker.errors import UnsupportedMedia
from stoker.firestore.writes import Create, Update
from stoker.jobs import settings as settings_module
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.events import FailedPermanently, OutOfTime, Succeeded
from stoker.jobs.store import Store, store
from stoker.jobs.sweeper import sweep
from stoker.models.document import Model
from stoker.models.job import BatchOutput, JobOutput, OutputFile, StoredFile
from stoker.models.media import Media

Settings = Callable[..., None]
FAILED = FailedPermanently(UnsupportedMedia("no"))


def test_a_users_further_jobs_leave_places_to_others() -> None:
    greedy = [DrivenJob("mallory") for _ in range(20)]
    begun = [job for job in greedy if begin_attempt(job.id) is not None]
    assert 1 < len(begun) < 15
    waiting = [job for job in greedy if job not in begun]
    assert {(job.status, job.data()["stage"]) for job in waiting} == {("pending", "waiting-for-other-users")}
    for _ in range(5):
        DrivenJob(uuid4().hex).take()
    # Each queue is shared by itself.
    DrivenJob("mallory", **BATCH).take()


def test_five_users_with_many_jobs_leave_places_to_others() -> None:
    jobs = [DrivenJob(f"mallory{number % 5}") for number in range(50)]
    begun = [job for job in jobs if begin_attempt(job.id) is not None]
    assert len(begun) < 16
    assert {job.data()["userId"] for job in begun} == {f"mallory{number}" for number in range(5)}
    for _ in range(4):
        DrivenJob(uuid4().hex).take()


def test_the_end_of_a_users_job_begins_the_users_next(queued: list[str]) -> None:
    leases, waiting = [], []
    for job in [DrivenJob("mallory") for _ in range(12)]:
        lease = begin_attempt(job.id)
        leases += [lease] if lease is not None else []
        waiting += [job] if lease is None else []
    finish(leases[0], DONE)
    assert queued == [waiting[0].id]
    waiting[0].take()


def test_places_that_others_have_left_are_taken_within_a_minute(queued: list[str]) -> None:
    sweep()  # The next look at all owners is in ten minutes.
    others = [DrivenJob(f"user{number}").take() for number in range(14)]
    DrivenJob("mallory").take()
    job = DrivenJob("mallory")
    assert begin_attempt(job.id) is None
    sweep()
    assert queued == []  # It would have to wait again.
    for lease in others[:7]:
        finish(lease, DONE)
    assert queued == []
    sweep()
    assert queued == [job.id]
    job.take()


def test_a_batch_that_waits_for_its_children_takes_no_place_of_its_queue() -> None:
    for number in range(15):
        waits = {"status": "processing", "stage": "running-jobs", "children": 3, "startedAt": datetime.now(UTC)}
        DrivenJob(f"user{number}", **BATCH, **waits)
    DrivenJob("mallory", **BATCH).take()
    DrivenJob("mallory", **BATCH).take()


def test_where_limits_are_lifted_a_user_may_fill_a_queue(settings: Settings) -> None:
    settings(userLimits=None)
    for _ in range(20):
        DrivenJob("mallory").take()
    assert places("mallory") == {}


def test_a_deletion_passes_limits_and_pauses(settings: Settings) -> None:
    settings(paused=["batch-operation"], userLimits={"atOnce": 1, "aDay": 1, "workMinutesADay": 1})
    running = DrivenJob("ada")
    running.take()
    assert begin_attempt(DrivenJob("ada", **BATCH).id) is None
    deletion = DrivenJob("ada", **DELETION)
    finish(deletion.take(), OutOfTime())
    finish(deletion.take(), FAILED)
    assert deletion.status == "failed"
    assert places("ada")["running"].keys() == {running.id}


@pytest.mark.parametrize("end", ["attempts", "cancelled", "worker"])
@FIRESTORE_IN_SOAK
def test_a_deletion_leaves_no_trace_among_the_places(end: str) -> None:
    deletion = DrivenJob("ada", **DELETION, maxAttempts=1)
    lease = deletion.take()
    if end == "worker":
        finish(lease, Succeeded(BatchOutput(total=0, succeeded=0, failed=0)))
    else:
        deletion.lapse()
        if end == "cancelled":
            deletion.update({"cancelRequested": True})
        assert begin_attempt(deletion.id) is None
    assert deletion.status in ("completed", "failed", "cancelled")
    assert places("ada") == {}


def test_the_media_that_a_job_has_made_counts_for_its_owners_day(settings: Settings) -> None:
    settings(userLimits={"mediaMinutesADay": 2, "outputGibADay": 1})
    path = "job-outputs/ada/job/a.mp4"
    part = StoredFile(path="b.ts", content_type="video/mp2t", bytes=30, sha256="0" * 64)
    file = OutputFile(kind="hls", path=path, content_type="video/mp4", bytes=1000, sha256="0" * 64, parts=[part])
    spoken = file.model_copy(update={"duration_seconds": 50.5, "parts": None})
    film = Media(container="mov", duration_seconds=61.2)
    finish(DrivenJob("ada").take(), Succeeded(JobOutput(files=[file], media=film)))
    assert places("ada")["outputBytes"] == {today(): 1030}
    assert places("ada")["mediaSeconds"] == {today(): 62}
    finish(DrivenJob("ada").take(), FAILED)
    finish(DrivenJob("ada").take(), Succeeded(JobOutput(files=[spoken])))
    assert places("ada")["outputBytes"] == {today(): 2030}
    assert places("ada")["mediaSeconds"] == {today(): 113}
    finish(DrivenJob("ada").take(), Succeeded(JobOutput(files=[spoken])))
    second = DrivenJob("ada")
    assert begin_attempt(second.id) is None
    assert second.data()["stage"] == "waiting-for-tomorrow"
    settings(userLimits={"mediaMinutesADay": None, "outputGibADay": 1})
    second.update({"runAfter": datetime.now(UTC)})
    second.take()
    store().documents.commit([Update(f"{config.JOB_USERS}/ada", {"outputBytes": {today(): 1024**3}})])
    third = DrivenJob("ada")
    assert begin_attempt(third.id) is None
    assert third.data()["stage"] == "waiting-for-tomorrow"


def test_the_time_that_an_attempt_took_counts_for_its_owners_day(settings: Settings) -> None:
    settings(userLimits={"workMinutesADay": 10})
    first = DrivenJob("ada")
    lease = first.take()
    lease.state = replace(lease.state, attempt_began=datetime.now(UTC) - timedelta(minutes=6))
    finish(lease, OutOfTime())
    assert 360 <= first.data()["workSeconds"] <= 365
    assert 360 <= places("ada")["work"][today()] <= 365
    first.take()
    # Its worker dies after five minutes.
    began = datetime.now(UTC) - timedelta(minutes=5)
    first.update({"startedAt": began, "lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})
    finish(first.take(), DONE)
    assert 570 <= first.data()["workSeconds"] <= 590
    assert 570 <= places("ada")["work"][today()] <= 590
    store().documents.commit([Update(f"{config.JOB_USERS}/ada", {"work": {today(): 600}})])
    second = DrivenJob("ada")
    assert begin_attempt(second.id) is None
    assert second.data()["stage"] == "waiting-for-tomorrow"
    DrivenJob("bob").take()


def test_a_job_ends_once_it_was_worked_on_for_six_hours() -> None:
    job = DrivenJob("ada", workSeconds=6 * 3600 - 100)
    lease = job.take()
    lease.state = replace(lease.state, attempt_began=datetime.now(UTC) - timedelta(minutes=2))
    finish(lease, OutOfTime())
    assert begin_attempt(job.id) is None
    assert (job.status, job.data()["errorCode"]) == ("failed", "work-exhausted")
    assert places("ada")["running"] == {}


@pytest.fixture
def ticking(engine: Store) -> None:
    """Each look at the clock takes a second."""
    engine.host = Ticking(1.0)


def pages(context: JobContext, job_input: Model, stage: str = "exporting") -> BatchOutput:
    """The work of a batch: 200 pages."""
    for page in range(int(context.checkpoint.get("page", 0)), 200):
        context.report(page / 2, stage)
        context.save({"page": page + 1})
    return BatchOutput(total=200, succeeded=200, failed=0)


def deletes(context: JobContext, job_input: Model) -> BatchOutput:
    """The work of a deletion: as many pages."""
    return pages(context, job_input, "deleting")


@pytest.mark.usefixtures("ticking")
def test_a_batch_gives_its_place_up_at_a_page_while_others_wait(queued: list[str]) -> None:
    batch = DrivenJob("mallory", **BATCH)
    DrivenJob("ada", **BATCH)
    run_attempt(batch.id, pages)
    data = batch.data()
    assert (data["status"], data["attempt"], queued) == ("pending", 0, [batch.id])
    assert 0 < data["checkpoint"]["page"] < 100


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize(
    "other",
    [
        {"type": "video-processing"},
        {**BATCH, "status": "processing"},
        {**BATCH, "stage": "waiting-for-other-users"},
        {**BATCH, "stage": "waiting-for-other-jobs"},
        {**BATCH, "stage": "paused"},
        {**BATCH, "runAfter": datetime.now(UTC) + timedelta(hours=1)},
    ],
    ids=lambda fields: "-".join(map(str, fields)),
)
@FIRESTORE_IN_SOAK
def test_a_batch_stays_if_no_other_could_begin(other: dict[str, Any]) -> None:
    DrivenJob("ada", **other)
    batch = DrivenJob("mallory", **BATCH)
    run_attempt(batch.id, pages)
    assert batch.status == "completed"


@pytest.mark.usefixtures("ticking")
def test_a_deletion_gives_its_place_up_at_a_page_while_other_deletions_wait(queued: list[str]) -> None:
    deletion = DrivenJob("mallory", **DELETION)
    DrivenJob("ada", **DELETION)
    run_attempt(deletion.id, deletes)
    data = deletion.data()
    assert (data["status"], data["attempt"], queued) == ("pending", 0, [deletion.id])
    assert 0 < data["checkpoint"]["page"] < 100
    assert places("mallory") == {}


@pytest.mark.usefixtures("ticking")
def test_a_deletion_stays_if_no_other_waits() -> None:
    deletion = DrivenJob("mallory", **DELETION)
    DrivenJob("ada", **DELETION, runAfter=datetime.now(UTC) + timedelta(hours=1))  # A late pass.
    run_attempt(deletion.id, deletes)
    assert deletion.status == "completed"


def test_a_project_that_is_at_its_limit_stops_until_tomorrow(settings: Settings, queued: list[str]) -> None:
    settings(projectLimits={"jobsADay": 2})
    for user_id in ("ada", "bob"):
        finish(DrivenJob(user_id).take(), DONE)
    old = datetime.now(UTC) - timedelta(days=2)
    DrivenJob("eve", status="completed", completedAt=old, workSeconds=1)
    job = DrivenJob("ada")
    sweep()
    settings_module.forget()
    assert begin_attempt(job.id) is None
    assert (job.status, job.data()["stage"]) == ("pending", "paused")
    DrivenJob("bob", **DELETION).take()
    path = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
    found = store().documents.get(path)
    assert found is not None
    assert found.data["stoppedUntil"].date() == datetime.now(UTC).date() + timedelta(days=1)
    assert found.data["projectLimits"] == {"jobsADay": 2}
    # The next day.
    store().documents.commit([Update(path, {"stoppedUntil": old, "projectLimits.jobsADay": 3})])
    settings_module.forget()
    queued.clear()
    sweep()
    assert queued == [job.id]
    job.take()


def test_a_project_below_its_limits_goes_on() -> None:
    finish(DrivenJob("ada").take(), DONE)
    sweep()
    settings_module.forget()
    DrivenJob("ada").take()
    assert store().documents.get(f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}") is None


def test_the_places_of_a_document_of_another_form_are_no_places() -> None:
    store().documents.commit([Create(f"{config.JOB_USERS}/ada", {"running": {}, "waiting": 0})])
    DrivenJob("ada").take()
