"""The engine's own functions against the real Firestore: one claim, fenced writes, and nobody waits for ever."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1.types import WriteResult
from stoker.jobs.claiming import NotYetDue, claim
from stoker.jobs.end import completed, failed
from stoker.jobs.fence import Also, Fence, FenceBroken
from stoker.jobs.reporter import Reporter

from emulator.driven import DrivenJob as Job
from stoker import config
from stoker.errors import JobCancelled, LeaseLost, UnsupportedMedia
from stoker.jobs import end
from stoker.jobs.attempt import work
from stoker.jobs.children import Children
from stoker.jobs.context import JobContext
from stoker.jobs.lease import WritesRefused
from stoker.logs import JobLog
from stoker.models.job import JobOutput, OutputFile
from stoker.models.video import VideoInput
from stoker.storage.client import bucket
from stoker.storage.outputs import AttemptOutputs

DONE = JobOutput(files=[])


def test_of_many_one_gets_the_job(job: Job) -> None:
    with ThreadPoolExecutor(20) as pool:
        held = [one for one in pool.map(lambda _: claim(job.id), range(20)) if one is not None]
    assert len(held) == 1
    data = job.data()
    assert (data["status"], data["attempt"]) == ("processing", 1)


def test_a_job_that_is_held_or_has_ended_is_left_alone(job: Job) -> None:
    held = job.claim()
    assert claim(job.id) is None
    held.end(completed(DONE))
    assert claim(job.id) is None
    assert job.data()["status"] == "completed"


def test_a_job_that_is_gone_is_no_error(job: Job) -> None:
    job.reference.delete()
    assert claim(job.id) is None


def test_a_lapsed_lease_lets_the_next_attempt_in_and_the_old_one_out(job: Job) -> None:
    zombie = job.claim()
    job.lapse()
    successor = job.claim()
    assert successor.attempt == 2
    with pytest.raises(LeaseLost):
        zombie.report(50, "encoding")
    with pytest.raises(LeaseLost):
        zombie.end(completed(DONE))
    successor.end(completed(DONE))
    with pytest.raises(LeaseLost):
        zombie.end(failed(UnsupportedMedia("no")))
    assert job.data()["status"] == "completed"


def test_writes_of_the_owner_do_not_break_the_fence_for_good(job: Job) -> None:
    held = job.claim()
    job.reference.update({"note": "from the owner"})
    held.report(10, "encoding")
    held.report(20, "encoding")
    assert job.data()["progress"] == 20


def test_a_final_write_that_arrived_although_its_answer_was_lost_counts(job: Job) -> None:
    held = job.claim()
    fence_before = held._fence._update_time
    final = completed(DONE)
    held.end(final)
    held._fence._update_time = fence_before
    held.end(final)
    assert job.data()["status"] == "completed"


def test_a_final_write_that_is_refused_for_a_moment_is_made_again(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = iter([exceptions.Aborted("busy"), exceptions.DeadlineExceeded("slow"), None])
    write = Fence.write

    def refused(fence: Fence, fields: dict[str, Any], also: Also | None = None) -> Sequence[WriteResult]:
        if "completedAt" in fields and (refusal := next(refusals)):
            raise refusal
        return write(fence, fields, also)

    monkeypatch.setattr(Fence, "write", refused)
    work(job.id, lambda run, job_input: DONE)
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 1)


def test_a_claim_whose_answer_was_lost_is_held(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Fence.write
    lost = iter([True])

    def loses_its_answer(fence: Fence, fields: dict[str, Any], also: Also | None = None) -> Sequence[WriteResult]:
        results = write(fence, fields, also)
        if next(lost, False):
            raise FenceBroken  # what the client meets when it sends the commit again
        return results

    monkeypatch.setattr(Fence, "write", loses_its_answer)
    held = job.claim()
    assert held.attempt == 1
    held.end(completed(DONE))
    assert job.data()["status"] == "completed"


def test_an_owner_who_writes_between_the_read_and_the_claim_does_not_stop_it(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Fence.write
    meddling = iter([True, True])

    def meddled(fence: Fence, fields: dict[str, Any], also: Also | None = None) -> Sequence[WriteResult]:
        if next(meddling, False):
            job.reference.update({"note": time.monotonic()})
        return write(fence, fields, also)

    monkeypatch.setattr(Fence, "write", meddled)
    assert job.claim().attempt == 1


def test_a_cancel_that_comes_with_the_last_of_the_work_counts(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "HEARTBEAT_SECONDS", 0.05)

    def finishes(run: JobContext, job_input: VideoInput) -> JobOutput:
        job.reference.update({"cancelRequested": True})
        until = time.monotonic() + 10
        while run._reporter._interruption is None and time.monotonic() < until:
            time.sleep(0.01)
        return DONE

    work(job.id, finishes)
    assert job.data()["status"] == "cancelled"


def test_what_dead_attempts_have_uploaded_goes_and_what_was_published_stays(job: Job, tmp_path: Path) -> None:
    file = tmp_path / "poster.jpg"
    file.write_bytes(b"a picture")

    def publishes(run: JobContext, job_input: VideoInput) -> JobOutput:
        name, sha256 = run.outputs.upload(file, "image/jpeg", run.check)
        made = OutputFile(kind="poster", path=name, content_type="image/jpeg", bytes=9, sha256=sha256)
        return JobOutput(files=[made])

    AttemptOutputs("ada", job.id, job.claim().name).upload(file, "image/jpeg", lambda: None)
    job.lapse()
    work(job.id, publishes)
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 2)
    there = [blob.name for blob in bucket().list_blobs(prefix=f"job-outputs/ada/{job.id}/")]
    assert there == [data["output"]["files"][0]["path"]]


def test_what_an_attempt_uploaded_goes_when_it_loses_the_job(job: Job, tmp_path: Path) -> None:
    file = tmp_path / "poster.jpg"
    file.write_bytes(b"a picture")

    def is_overtaken(run: JobContext, job_input: VideoInput) -> JobOutput:
        run.outputs.upload(file, "image/jpeg", run.check)
        job.lapse()
        job.claim().end(failed(UnsupportedMedia("no")))
        return DONE

    work(job.id, is_overtaken)
    assert job.data()["errorCode"] == "unsupported-media"
    assert list(bucket().list_blobs(prefix=f"job-outputs/ada/{job.id}/")) == []


def test_a_cancelled_job_stops_at_its_next_write(job: Job) -> None:
    held = job.claim()
    job.reference.update({"cancelRequested": True})
    with pytest.raises(JobCancelled):
        held.report(10, "encoding")


def test_a_job_that_was_cancelled_while_it_waited_never_starts(job: Job) -> None:
    job.reference.update({"cancelRequested": True})
    assert claim(job.id) is None
    assert job.data()["status"] == "cancelled"


def test_a_job_that_is_lost_too_often_fails(job: Job) -> None:
    for _ in range(config.MAX_ATTEMPTS):
        job.claim()
        job.lapse()
    assert claim(job.id) is None
    data = job.data()
    assert (data["status"], data["errorCode"]) == ("failed", "attempts-exhausted")


def test_a_final_write_removes_the_lease_and_the_error_of_earlier_attempts(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(run: JobContext, job_input: VideoInput) -> JobOutput:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(end, "backoff_seconds", lambda attempt: 60)
    work(job.id, fails)
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("pending", "internal", 1)
    assert "secret" not in data["error"]
    assert data["runAfter"] > datetime.now(UTC) + timedelta(seconds=50)
    with pytest.raises(NotYetDue):
        work(job.id, lambda run, job_input: DONE)
    job.become_due()
    work(job.id, lambda run, job_input: DONE)
    data = job.data()
    assert (data["status"], data["attempt"], data["progress"]) == ("completed", 2, 100)
    assert not {"error", "errorCode", "lease"} & data.keys()
    assert data["expiresAt"] > datetime.now(UTC) + timedelta(days=29)
    assert [(one["number"], one["errorCode"]) for one in data["attempts"]] == [(1, "internal")]


def test_an_attempt_that_went_silent_is_told_of(job: Job) -> None:
    job.claim()
    job.lapse()
    job.claim()
    [attempt] = job.data()["attempts"]
    assert (attempt["number"], attempt["errorCode"]) == (1, "lease-lost")
    assert {"startedAt", "endedAt"} <= attempt.keys()


def test_a_job_whose_every_attempt_fails_ends_as_failed(job: Job) -> None:
    def fails(run: JobContext, job_input: VideoInput) -> JobOutput:
        raise RuntimeError

    for _ in range(config.MAX_ATTEMPTS):
        assert job.data()["status"] == "pending"
        job.become_due()
        work(job.id, fails)
    data = job.data()
    assert (data["status"], data["errorCode"], data["attempt"]) == ("failed", "internal", config.MAX_ATTEMPTS)


def test_progress_is_written_at_most_once_in_its_time_and_a_new_stage_sooner(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "PROGRESS_SECONDS", 0.5)
    monkeypatch.setattr(config, "BRISK_PROGRESS_SECONDS", 0.1)
    monkeypatch.setattr(config, "BRISK_FOR_SECONDS", 0)
    held = job.claim()
    writes: list[tuple[float, float, str]] = []
    told = threading.Event()

    def write(progress: float, stage: str, eta_seconds: int | None) -> None:
        writes.append((time.monotonic(), progress, stage))
        if stage == "uploading":
            told.set()

    monkeypatch.setattr(held, "report", write)
    began = time.monotonic()
    with Reporter(held, JobLog(job.id)) as reporter:
        for step in range(1, 151):
            reporter.report(step / 2, "encoding")
            reporter.report(step / 4, "encoding")  # falls, and is not told
            time.sleep(0.01)
        reporter.report(80, "uploading")
        assert told.wait(5)
    times, progress, stages = zip(*writes, strict=True)
    assert stages[0] == "encoding"
    assert list(progress) == sorted(progress)
    assert all(later - earlier >= 0.49 for earlier, later in pairwise(times[:-1]))
    assert times[-1] - times[-2] >= 0.09
    assert 3 <= len(writes) <= (times[-1] - began) / config.PROGRESS_SECONDS + 2


def test_silent_work_keeps_its_lease(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "HEARTBEAT_SECONDS", 0.1)
    held = job.claim()
    first = job.data()["lease"]["expiresAt"]
    until = time.monotonic() + 10
    with Reporter(held, JobLog(job.id)):
        while job.data()["lease"]["expiresAt"] <= first and time.monotonic() < until:
            time.sleep(0.02)
    assert job.data()["lease"]["expiresAt"] > first


def test_a_worker_learns_that_its_job_was_cancelled(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "HEARTBEAT_SECONDS", 0.1)

    def endless(run: JobContext, job_input: VideoInput) -> JobOutput:
        job.reference.update({"cancelRequested": True})
        until = time.monotonic() + 20
        while time.monotonic() < until:
            run.check()
            time.sleep(0.01)
        return DONE

    work(job.id, endless)
    data = job.data()
    assert (data["status"], data["errorCode"]) == ("cancelled", "cancelled")


def test_a_job_that_is_deleted_while_it_runs_is_not_brought_back(job: Job) -> None:
    def deleted(run: JobContext, job_input: VideoInput) -> JobOutput:
        job.reference.delete()
        return DONE

    work(job.id, deleted)
    assert not job.reference.get().exists


@pytest.mark.parametrize("checkpoint", [{"after": "a"}, {"at": firestore.SERVER_TIMESTAMP}], ids=["plain", "time"])
def test_what_is_saved_with_a_checkpoint_is_written_once_though_the_answer_was_lost(
    job: Job, monkeypatch: pytest.MonkeyPatch, checkpoint: dict[str, Any]
) -> None:
    other = job.reference.collection("others").document("other")
    other.set({"count": 0})
    held = job.claim()
    write = Fence.write
    lost = iter([True])

    def loses_its_answer(fence: Fence, fields: dict[str, Any], also: Also | None = None) -> Sequence[WriteResult]:
        before = fence.update_time
        results = write(fence, fields, also)
        if next(lost, False):
            fence._update_time = before
            raise FenceBroken
        return results

    monkeypatch.setattr(Fence, "write", loses_its_answer)
    held.save(checkpoint, lambda batch: batch.update(other, {"count": firestore.Increment(1)}))
    assert other.get().get("count") == 1


def test_a_write_that_another_document_refuses_changes_nothing(job: Job) -> None:
    other = job.reference.collection("others").document("gone")
    held = job.claim()
    with pytest.raises(WritesRefused):
        held.save({"after": "a"}, lambda batch: batch.update(other, {"count": 1}))
    assert "checkpoint" not in job.data()
    held.end(completed(DONE))
    assert job.data()["status"] == "completed"


def test_a_worker_that_makes_no_children_has_not_made_any(job: Job) -> None:
    work(job.id, lambda run, job_input: Children([]))
    assert job.data()["errorCode"] == "internal"
