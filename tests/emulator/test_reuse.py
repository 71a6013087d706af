"""A later attempt takes over what an earlier one has uploaded whole."""

import re
from pathlib import Path
from typing import Any

import pytest

from engine.driven import DrivenJob
from stoker.errors import EncoderFailed, JobCancelled, Unavailable
from stoker.jobs.attempt import run_attempt
from stoker.sandbox import ffmpeg
from stoker.storage.client import bucket
from stoker.storage.outputs import AttemptOutputs
from stoker.video import worker as video
from stoker.video.worker import process_video
from stoker_tools.samples.user import SampleUser

pytestmark = pytest.mark.usefixtures("undelivered", "queued")


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files that each run of ffmpeg was asked to write."""
    runs: list[list[str]] = []
    run_ffmpeg = ffmpeg.run_ffmpeg

    def listened(arguments: list[str], *others: Any) -> str:
        command = " ".join(arguments).replace("-candidate-%d", "")  # a poster is chosen among several files
        runs.append(re.findall(r"[\w-]+\.(?:mp4|m4s|jpg)", command))
        return run_ffmpeg(arguments, *others)

    monkeypatch.setattr(video, "run_ffmpeg", listened)
    return runs


def failing_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The first upload of a file of this name fails."""
    upload = AttemptOutputs.upload
    failures = iter([Unavailable("Storage is away.")])

    def failing(outputs: AttemptOutputs, file: Path, *arguments: Any) -> tuple[str, str]:
        if file.name == name and (failure := next(failures, None)):
            raise failure
        return upload(outputs, file, *arguments)

    monkeypatch.setattr(AttemptOutputs, "upload", failing)


def objects(user: SampleUser, job: DrivenJob) -> set[str]:
    return {blob.name for blob in bucket().list_blobs(prefix=f"job-outputs/{user.id}/{job.id}/")}


def test_what_was_uploaded_is_not_made_again(
    user: SampleUser, clip: Path, encoded: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "poster.jpg")
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4")})
    run_attempt(job.id, process_video)
    assert job.status == "pending"
    job.become_due()
    run_attempt(job.id, process_video)
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 2)
    assert encoded == [["video-180p.mp4", "poster.jpg"], ["poster.jpg"]]
    files = data["output"]["files"]
    assert [(file["kind"], file["height"]) for file in files] == [("mp4", 180), ("poster", 180)]
    assert objects(user, job) == {file["path"] for file in files}
    assert len(user.download(files[0]["path"])) == files[0]["bytes"]


def test_a_source_that_was_replaced_is_another_source(
    user: SampleUser, clip: Path, encoded: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "poster.jpg")
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4")})
    run_attempt(job.id, process_video)
    user.upload(clip, "video/mp4")
    job.become_due()
    run_attempt(job.id, process_video)
    assert job.status == "completed"
    assert encoded == [["video-180p.mp4", "poster.jpg"]] * 2
    assert objects(user, job) == {file["path"] for file in job.data()["output"]["files"]}


def test_an_object_that_is_not_what_was_uploaded_is_made_again(
    user: SampleUser, clip: Path, encoded: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "poster.jpg")
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4")})
    run_attempt(job.id, process_video)
    [name] = objects(user, job)
    spoilt = bucket().get_blob(name)
    metadata = spoilt.metadata
    spoilt.metadata = metadata
    spoilt.upload_from_string(b"half of it", content_type="video/mp4")
    assert bucket().get_blob(name).metadata == metadata
    job.become_due()
    run_attempt(job.id, process_video)
    assert job.status == "completed"
    assert encoded == [["video-180p.mp4", "poster.jpg"]] * 2
    assert objects(user, job) == {file["path"] for file in job.data()["output"]["files"]}


def test_nothing_stays_of_a_job_that_fails_for_good(
    user: SampleUser, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "poster.jpg")
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4")}, maxAttempts=2)
    run_attempt(job.id, process_video)
    assert len(objects(user, job)) == 1

    def fails(*_: Any) -> str:
        raise EncoderFailed("killed")

    monkeypatch.setattr(video, "run_ffmpeg", fails)
    bucket().get_blob(next(iter(objects(user, job)))).delete()
    failing_once(monkeypatch, "none")
    job.become_due()
    run_attempt(job.id, process_video)
    assert job.data()["errorCode"] == "encoder-failed"
    assert objects(user, job) == set()


@pytest.mark.parametrize("name", ["hls-180p.m4s", "hls-audio.m3u8", "hls.m3u8"])
def test_a_playlist_is_taken_over_whole_or_not_at_all(
    user: SampleUser, clip: Path, encoded: list[list[str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    outputs = [{"kind": "poster"}, {"kind": "hls"}, {"kind": "mp4"}]
    failing_once(monkeypatch, name)
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4"), "outputs": outputs})
    run_attempt(job.id, process_video)
    job.become_due()
    failing_once(monkeypatch, "video-180p.mp4")
    run_attempt(job.id, process_video)
    job.become_due()
    run_attempt(job.id, process_video)
    data = job.data()
    assert (data["status"], data["attempt"]) == ("completed", 3)
    assert [sorted(run) for run in encoded] == [
        ["hls-180p.m4s", "hls-audio.m4s", "poster.jpg", "video-180p.mp4"],
        ["hls-180p.m4s", "hls-audio.m4s", "video-180p.mp4"],
        ["video-180p.mp4"],
    ]
    hls = data["output"]["files"][1]
    folder = hls["path"].rpartition("/")[0]
    assert [part["path"] for part in hls["parts"]] == [
        f"{folder}/{part}"
        for part in ("hls-180p.m3u8", "hls-180p-iframes.m3u8", "hls-180p.m4s", "hls-audio.m3u8", "hls-audio.m4s")
    ]
    files = [*data["output"]["files"], *hls["parts"]]
    assert objects(user, job) == {file["path"] for file in files}
    assert all(len(user.download(file["path"])) == file["bytes"] for file in files)


def test_a_playlist_of_which_a_part_is_gone_is_made_again(
    user: SampleUser, clip: Path, encoded: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = [{"kind": "hls"}, {"kind": "poster"}]
    failing_once(monkeypatch, "poster.jpg")
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4"), "outputs": outputs})
    run_attempt(job.id, process_video)
    [part] = [name for name in objects(user, job) if name.endswith("audio.m4s")]
    bucket().blob(part).delete()
    job.become_due()
    run_attempt(job.id, process_video)
    assert job.status == "completed"
    assert encoded == [["hls-180p.m4s", "hls-audio.m4s", "poster.jpg"]] * 2


@pytest.mark.parametrize("name", ["hls-180p.m4s", "hls.m3u8", "sprite-1.jpg"])
def test_nothing_stays_of_a_job_that_is_cancelled_while_it_uploads(
    user: SampleUser, clip: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    outputs = [{"kind": "poster"}, {"kind": "hls"}, {"kind": "sprite"}]
    job = DrivenJob(user.id, input={"source": user.upload(clip, "video/mp4"), "outputs": outputs})
    upload = AttemptOutputs.upload
    seen: list[set[str]] = []

    def cancelled(attempt: AttemptOutputs, file: Path, *arguments: Any) -> tuple[str, str]:
        if file.name == name:
            seen.append(objects(user, job))
            raise JobCancelled("as you asked")
        return upload(attempt, file, *arguments)

    monkeypatch.setattr(AttemptOutputs, "upload", cancelled)
    run_attempt(job.id, process_video)
    assert job.status == "cancelled"
    assert seen[0]
    assert objects(user, job) == set()
