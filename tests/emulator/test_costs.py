"""The cost of a job: the documents that the engine reads and writes in Firestore, because these are billed.

A proxy around the client's API counts the requests that are really sent.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from firebase_admin import auth
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.meter import Meter
from engine.driven import DrivenJob
from engine.hosts import Hurried
from engine.stores import QueueInMemory
from stoker import config
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.attempt import run_attempt
from stoker.jobs.context import JobContext
from stoker.jobs.dispatch import dispatch
from stoker.jobs.events import Succeeded
from stoker.jobs.lease import Lease
from stoker.jobs.progress import Heartbeat
from stoker.logs import JobLog
from stoker.models.job import JobOutput
from stoker.models.video import VideoInput
from stoker.video.worker import process_video
from stoker_tools.samples.user import SampleUser
from waiting import until

pytestmark = pytest.mark.usefixtures("undelivered")
JOBS = 30
Process = Callable[[JobContext, VideoInput], JobOutput]
DONE = JobOutput(files=[])


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Meter:
    """Counts from the test's first call of `forget`."""
    meter = Meter(client()._firestore_api)
    monkeypatch.setattr(client(), "_firestore_api_internal", meter)
    return meter


@pytest.fixture
def owner() -> str:
    """A user with an account. Without an account, each admission reads whether the account was deleted."""
    return str(auth.create_user(app=app()).uid)


def at_once(context: JobContext, job_input: VideoInput) -> JobOutput:
    """Do the work of a short job, which ends before its stage is reported."""
    context.report(50, "encoding")
    return DONE


def one_stage(meter: Meter) -> Process:
    """The work of a job that takes a little longer: it reports a stage, and goes on until that is written."""

    def works(context: JobContext, job_input: VideoInput) -> JobOutput:
        before = meter.writes
        context.report(50, "encoding")
        until(lambda: meter.writes > before, 10, every=0.002)
        return DONE

    return works


def cost_of_jobs(meter: Meter, user_id: str, process: Process) -> tuple[int, int]:
    """Runs jobs from their events on; returns the reads and writes of them all."""
    events = [DrivenJob(user_id).found() for _ in range(JOBS)]  # the event brings the document along
    meter.forget()
    for event in events:
        dispatch(event)
        run_attempt(event.id, process)
    counted = meter.counted
    assert all(DrivenJob.there(event.id).status == "completed" for event in events)
    return counted


@pytest.fixture
def without_delay(undelivered: QueueInMemory) -> None:
    """A new stage is written after 40 ms, and not after a second. A sign of life would come after 800 ms, so that a job
    that a busy machine holds up for a moment gives none."""
    undelivered.host = Hurried(25)


def test_the_meter_counts_what_is_billed(meter: Meter) -> None:
    jobs = client().collection(config.JOBS)
    meter.forget()
    jobs.document("missing").get()
    list(jobs.where(filter=FieldFilter("status", "==", "pending")).get())
    jobs.count().get()
    assert meter.counted == (3, 0)
    batch = client().batch()
    for name in ("a", "b"):
        batch.set(jobs.document(name), {"status": "pending"})
    batch.commit()
    assert meter.counted == (3, 2)
    list(jobs.stream())
    assert meter.counted == (5, 2)


def test_a_short_job_costs_three_reads_and_five_writes(meter: Meter, owner: str) -> None:
    """The lease, the end, and the event that records the end. Before the job is queued, an aggregation counts older
    jobs of the owner that are pending. The admission also reads the owner's other running jobs. The commits of the
    lease and of the end write them too."""
    assert cost_of_jobs(meter, owner, at_once) == (3 * JOBS, 5 * JOBS)


def test_a_further_job_of_a_user_costs_a_read_more(meter: Meter, owner: str) -> None:
    """An aggregation counts the places that are taken. A user's first job in a queue begins without it."""
    DrivenJob(owner).take()
    assert cost_of_jobs(meter, owner, at_once) == (4 * JOBS, 5 * JOBS)


def test_where_limits_are_lifted_it_costs_a_read_and_three_writes(
    meter: Meter, owner: str, settings: Callable[..., None]
) -> None:
    settings(userLimits=None)
    assert cost_of_jobs(meter, owner, at_once) == (JOBS, 3 * JOBS)


@pytest.mark.usefixtures("without_delay")
def test_a_stage_that_takes_longer_costs_a_write_more(meter: Meter, owner: str) -> None:
    assert cost_of_jobs(meter, owner, one_stage(meter)) == (3 * JOBS, 6 * JOBS)


def test_an_owner_without_an_account_costs_a_read_more(meter: Meter) -> None:
    assert cost_of_jobs(meter, uuid4().hex, at_once) == (4 * JOBS, 5 * JOBS)


def test_a_report_and_a_checkpoint_cost_a_write_each(meter: Meter, job: DrivenJob) -> None:
    held = job.take()
    meter.forget()
    for step in range(10):
        held.report(step, "encoding")
    assert meter.counted == (0, 10)
    held.save({"after": "a"})
    assert meter.counted == (0, 11)


def test_a_heartbeat_costs_a_write(
    meter: Meter, undelivered: QueueInMemory, job: DrivenJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    undelivered.host = Hurried(400)
    beats: list[str] = []
    report = Lease.report

    def counted(held: Lease, progress: float, stage: str, *rest: Any) -> None:
        beats.append(stage)
        report(held, progress, stage, *rest)

    monkeypatch.setattr(Lease, "report", counted)
    held = job.take()
    meter.forget()
    with Heartbeat(held, JobLog(job.id)):
        until(lambda: len(beats) >= 5, 10, every=0.002)
    assert meter.counted == (0, len(beats))


def test_a_task_that_comes_again_costs_a_read(meter: Meter, job: DrivenJob) -> None:
    held = job.take()
    meter.forget()
    run_attempt(job.id, at_once)
    assert meter.counted == (1, 0)  # someone holds it
    held.end(Succeeded(DONE))
    meter.forget()
    run_attempt(job.id, at_once)
    assert meter.counted == (1, 0)  # it has ended


def test_the_video_worker_writes_at_most_once_a_second(meter: Meter, user: SampleUser, clip: Path) -> None:
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4")})
    event = job.found()
    meter.forget()
    began = time.monotonic()
    dispatch(event)
    run_attempt(job.id, process_video)
    seconds = time.monotonic() - began
    reads, writes = meter.counted
    assert job.status == "completed"
    assert reads == 3
    assert 5 <= writes <= 5 + 1 + seconds / config.BRISK_PROGRESS_SECONDS
