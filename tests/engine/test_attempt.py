"""Attempts on both stores: one attempt takes a job, its writes are fenced, and its final write counts once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP, Increment

from engine.driven import DONE, OUTPUT, Meddled, once, upload
from engine.driven import DrivenJob as Job
from engine.hosts import Unchanging
from stoker import config
from stoker.errors import LeaseLost, UnsupportedMedia
from stoker.firestore.api_errors import Conflict
from stoker.firestore.writes import Create, Update, Write
from stoker.host import SystemHost
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import begin_attempt, run_attempt
from stoker.jobs.children import Children
from stoker.jobs.context import JobContext
from stoker.jobs.events import FailedPermanently
from stoker.jobs.lease import WritesRefused
from stoker.jobs.store import Store
from stoker.models.job import JobOutput, OutputFile
from stoker.models.video import VideoInput


def test_of_many_one_gets_the_job(job: Job) -> None:
    with ThreadPoolExecutor(20) as pool:
        held = [one for one in pool.map(lambda _: begin_attempt(job.id), range(20)) if one is not None]
    assert len(held) == 1
    data = job.data()
    assert (data["status"], data["attempt"]) == ("processing", 1)


def test_a_job_that_is_held_or_has_ended_is_left_alone(job: Job) -> None:
    held = job.take()
    assert begin_attempt(job.id) is None
    held.end(DONE)
    assert begin_attempt(job.id) is None
    assert job.data()["status"] == "completed"


def test_a_job_that_is_gone_is_no_error(job: Job) -> None:
    job.delete()
    assert begin_attempt(job.id) is None


def test_a_lapsed_lease_lets_the_next_attempt_in_and_the_old_one_out(job: Job) -> None:
    zombie = job.take()
    job.lapse()
    successor = job.take()
    assert successor.attempt == 2
    with pytest.raises(LeaseLost):
        zombie.report(50, "encoding")
    with pytest.raises(LeaseLost):
        zombie.end(DONE)
    successor.end(DONE)
    with pytest.raises(LeaseLost):
        zombie.end(FailedPermanently(UnsupportedMedia("no")))
    assert job.data()["status"] == "completed"


def test_writes_of_the_owner_do_not_break_the_fence_for_good(job: Job) -> None:
    held = job.take()
    job.update({"note": "from the owner"})
    held.report(10, "encoding")
    held.report(20, "encoding")
    assert job.data()["progress"] == 20


def test_a_final_write_that_arrived_although_its_answer_was_lost_counts(job: Job, meddled: Meddled) -> None:
    held = job.take()
    meddled.after = once(Conflict())
    held.end(DONE)
    assert job.data()["status"] == "completed"


def test_a_final_write_that_is_refused_for_a_moment_is_made_again(job: Job, meddled: Meddled) -> None:
    refusals = iter([exceptions.Aborted("busy"), exceptions.DeadlineExceeded("slow")])

    def refused(writes: Sequence[Write]) -> None:
        if isinstance(writes[0], Update) and "completedAt" in writes[0].fields:
            for refusal in refusals:
                raise refusal

    meddled.before = refused
    run_attempt(job.id, lambda context, job_input: OUTPUT)
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 1)
    assert list(refusals) == []


def test_a_lease_is_held_although_the_answer_to_its_write_was_lost(job: Job, meddled: Meddled) -> None:
    # As the client library meets it when it sends the commit again.
    meddled.after = once(Conflict())
    held = job.take()
    assert held.attempt == 1
    held.end(DONE)
    assert job.data()["status"] == "completed"


def test_an_attempt_takes_the_job_although_the_owner_writes_after_its_read(job: Job, meddled: Meddled) -> None:
    meddling = iter([1, 2])

    def note(writes: Sequence[Write]) -> None:
        for number in meddling:
            meddled.documents.commit([Update(job.path, {"note": number})])
            return

    meddled.before = note
    assert job.take().attempt == 1
    assert list(meddling) == []


def test_what_dead_attempts_have_uploaded_goes_and_what_was_published_stays(job: Job, engine: Store) -> None:
    def publishes(context: JobContext, job_input: VideoInput) -> JobOutput:
        path = upload(f"{context.outputs.folder}/poster.jpg")
        made = OutputFile(kind="poster", path=path, content_type="image/jpeg", bytes=9, sha256="0")
        return JobOutput(files=[made])

    upload(f"job-outputs/ada/{job.id}/{job.take().name}/poster.jpg")
    job.lapse()
    run_attempt(job.id, publishes)
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 2)
    assert engine.list_outputs("ada", job.id) == [data["output"]["files"][0]["path"]]


def test_what_an_attempt_uploaded_goes_when_it_loses_the_job(job: Job, engine: Store) -> None:
    def is_overtaken(context: JobContext, job_input: VideoInput) -> JobOutput:
        upload(f"{context.outputs.folder}/poster.jpg")
        job.lapse()
        job.take().end(FailedPermanently(UnsupportedMedia("no")))
        return OUTPUT

    run_attempt(job.id, is_overtaken)
    assert job.data()["errorCode"] == "unsupported-media"
    assert engine.list_outputs("ada", job.id) == []


def test_a_job_that_is_lost_too_often_fails(job: Job) -> None:
    for _ in range(config.MAX_ATTEMPTS):
        job.take()
        job.lapse()
    assert begin_attempt(job.id) is None
    data = job.data()
    assert (data["status"], data["errorCode"]) == ("failed", "attempts-exhausted")


def test_a_final_write_removes_the_lease_and_the_error_of_earlier_attempts(job: Job, engine: Store) -> None:
    def fails(context: JobContext, job_input: VideoInput) -> JobOutput:
        raise RuntimeError("/secret/path")

    engine.host = Unchanging(60)
    run_attempt(job.id, fails)
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("pending", "internal", 1)
    assert "secret" not in data["error"]
    assert data["runAfter"] > datetime.now(UTC) + timedelta(seconds=50)
    with pytest.raises(NotYetDue):
        run_attempt(job.id, lambda context, job_input: OUTPUT)
    job.become_due()
    run_attempt(job.id, lambda context, job_input: OUTPUT)
    data = job.data()
    assert (data["status"], data["attempt"], data["progress"]) == ("completed", 2, 100)
    assert not {"error", "errorCode", "lease"} & data.keys()
    assert data["expiresAt"] > datetime.now(UTC) + timedelta(days=29)
    assert [(one["number"], one["errorCode"]) for one in data["attempts"]] == [(1, "internal")]


def test_an_attempt_that_went_silent_is_recorded(job: Job) -> None:
    job.take()
    job.lapse()
    job.take()
    [attempt] = job.data()["attempts"]
    assert (attempt["number"], attempt["errorCode"]) == (1, "lease-lost")
    assert {"startedAt", "endedAt"} <= attempt.keys()


def test_a_job_whose_every_attempt_fails_ends_as_failed(job: Job) -> None:
    def fails(context: JobContext, job_input: VideoInput) -> JobOutput:
        raise RuntimeError

    for _ in range(config.MAX_ATTEMPTS):
        assert job.data()["status"] == "pending"
        job.become_due()
        run_attempt(job.id, fails)
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("failed", "internal", config.MAX_ATTEMPTS)


def test_a_job_that_is_deleted_while_it_runs_is_not_brought_back(job: Job) -> None:
    def deleted(context: JobContext, job_input: VideoInput) -> JobOutput:
        job.delete()
        return OUTPUT

    run_attempt(job.id, deleted)
    assert not job.is_there()


@pytest.mark.parametrize("checkpoint", [{"after": "a"}, {"at": SERVER_TIMESTAMP}], ids=["plain", "time"])
def test_what_is_saved_with_a_checkpoint_is_written_once_though_the_answer_was_lost(
    job: Job, engine: Store, meddled: Meddled, checkpoint: dict[str, Any]
) -> None:
    other = f"{job.path}/others/other"
    engine.documents.commit([Create(other, {"count": 0})])
    held = job.take()
    meddled.after = once(Conflict())
    held.save(checkpoint, [Update(other, {"count": Increment(1)})])
    found = engine.documents.get(other)
    assert found is not None
    assert found.data["count"] == 1


def test_a_write_that_another_document_refuses_changes_nothing(job: Job) -> None:
    held = job.take()
    with pytest.raises(WritesRefused):
        held.save({"after": "a"}, [Update(f"{job.path}/others/gone", {"count": 1})])
    assert "checkpoint" not in job.data()
    held.end(DONE)
    assert job.data()["status"] == "completed"


def test_a_worker_that_makes_no_children_has_not_made_any(job: Job) -> None:
    run_attempt(job.id, lambda context, job_input: Children([]))
    assert job.data()["errorCode"] == "internal"


class Striding(SystemHost):
    """A machine on which a second passes each time that the time of day is asked for."""

    def __init__(self, begin: datetime) -> None:
        self._time = begin

    def now(self) -> datetime:
        self._time += timedelta(seconds=1)
        return self._time


@pytest.mark.parametrize("before", range(6))
def test_a_lease_that_ends_while_a_worker_looks_is_taken_whole_or_not_at_all(
    job: Job, engine: Store, before: int
) -> None:
    first = job.take()
    end = job.data()["lease"]["expiresAt"]
    engine.host = Striding(end - timedelta(seconds=before))
    held = begin_attempt(job.id)
    token = job.data()["lease"]["token"]
    assert token == (first.state.lease_token if held is None else held.state.lease_token)


def test_a_place_that_was_taken_is_given_back_though_the_limits_were_lifted_meanwhile(
    job: Job, engine: Store, meddled: Meddled, settings: Callable[..., None]
) -> None:
    settings(userLimits={"atOnce": 1})

    def lift(writes: Sequence[Write]) -> None:
        meddled.after = lambda writes: None
        settings()

    meddled.after = lift
    held = job.take()
    held.end(DONE)
    found = engine.documents.get(f"{config.JOB_USERS}/ada")
    assert found is not None
    assert found.data["running"] == {}


def test_a_task_for_an_ended_job_that_is_not_valid_touches_no_file(job: Job, engine: Store) -> None:
    path = upload(f"job-outputs/ada/{job.id}/1-a/poster.jpg")
    job.update({"status": "completed", "output": [path]})
    assert begin_attempt(job.id) is None
    assert engine.list_outputs("ada", job.id) == [path]
