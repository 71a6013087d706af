"""A film that is too large to be fetched is read by ranges: with the limit lowered, so that a small one does."""

from pathlib import Path
from typing import Any

import pytest

from conftest import Ffmpeg
from emulator.left import left_behind
from engine.driven import DrivenJob
from stoker import config
from stoker.jobs.attempt import run_attempt
from stoker.probe import ranged_source as streaming
from stoker.sandbox import ffmpeg as encoder
from stoker.storage.client import bucket
from stoker.video import worker as video
from stoker.video.source import fetching as sources
from stoker.video.worker import process_video
from stoker_tools.samples.user import SampleUser

pytestmark = pytest.mark.usefixtures("undelivered", "own_tmp", "queued")

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=6")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=6")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
FORMATS = {
    "front.mp4": (*H264, "-movflags", "+faststart"),
    "end.mp4": H264,
    "film.mkv": H264,
    "film.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
}


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_FETCHED_BYTES", 10_000)
    monkeypatch.setattr(streaming, "CHUNK_BYTES", 50_000)


@pytest.fixture
def worked_in(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The names of the files in the working folder, before each run of ffmpeg."""
    seen: list[set[str]] = []
    run_ffmpeg = encoder.run_ffmpeg

    def listened(arguments: list[str], folder: Path, *others: Any) -> str:
        seen.append({path.name for path in folder.iterdir()})
        return run_ffmpeg(arguments, folder, *others)

    monkeypatch.setattr(video, "run_ffmpeg", listened)
    return seen


@pytest.mark.parametrize("name", FORMATS)
def test_it_becomes_files_that_play(
    user: SampleUser, ffmpeg: Ffmpeg, worked_in: list[set[str]], tmp_path: Path, name: str
) -> None:
    film = ffmpeg(name, *PICTURE, *SOUND, *FORMATS[name])
    outputs = [{"kind": kind} for kind in ("mp4", "hls", "poster", "sprite", "audio")]
    job = DrivenJob(user.id, input={"source": user.upload(film, "video/mp4"), "outputs": outputs})
    run_attempt(job.id, process_video)
    data = job.data()
    assert data["status"] == "completed", data.get("error")
    files = data["output"]["files"]
    assert [file["kind"] for file in files] == [output["kind"] for output in outputs]
    for file in (files[0], files[1], files[4]):
        assert file["durationSeconds"] == pytest.approx(6, abs=0.1)
    assert worked_in[0] == set()
    assert all(sources.SOURCE not in names for names in worked_in)
    assert left_behind(job)[1:] == ([], [])


def test_one_that_is_replaced_meanwhile_is_missing(
    user: SampleUser, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = ffmpeg("film.mp4", *PICTURE, *SOUND, *H264)
    source = user.upload(film, "video/mp4")
    in_order = streaming.Remote.in_order

    def deleting(remote: streaming.Remote, container: str) -> Any:
        bucket().blob(source).delete()
        return in_order(remote, container)

    monkeypatch.setattr(streaming.Remote, "in_order", deleting)
    job = DrivenJob(user.id, input={"source": source})
    run_attempt(job.id, process_video)
    assert (job.status, job.data()["errorCode"]) == ("failed", "input-not-found")
    assert left_behind(job) == ([], [], [])


def test_one_that_is_beyond_every_limit_is_refused(
    user: SampleUser, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = user.upload(clip, "video/mp4")
    monkeypatch.setattr(config, "MAX_SOURCE_BYTES", 20_000)
    job = DrivenJob(user.id, input={"source": source})
    run_attempt(job.id, process_video)
    assert (job.status, job.data()["errorCode"]) == ("failed", "input-too-large")
