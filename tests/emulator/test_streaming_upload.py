"""The outputs of a large film are uploaded while they are written. Lower limits let a small film do the same."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import pytest

from conftest import Ffmpeg
from emulator.left import left_behind
from engine.driven import DrivenJob
from stoker import config
from stoker.errors import Unavailable
from stoker.jobs.attempt import run_attempt
from stoker.storage.client import bucket
from stoker.storage.outputs import AttemptOutputs, OutputStream
from stoker.video import worker as video
from stoker.video.encode import streaming_upload
from stoker.video.worker import process_video
from stoker_tools.samples.user import SampleUser

pytestmark = pytest.mark.usefixtures("undelivered", "own_tmp", "queued")

NOISE = ("-f", "lavfi", "-i", "nullsrc=size=320x180:rate=25:duration=6,geq=random(1)*255:128:128")
SOUND = ("-f", "lavfi", "-i", "anoisesrc=duration=6:sample_rate=48000")
FILM = (*NOISE, *SOUND, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
OUTPUTS: Mapping[str, Mapping[str, object]] = {
    "mp4": {"kind": "mp4"},
    "webm": {"kind": "webm", "height": 90},
    "av1": {"kind": "av1", "height": 90},
    "hls": {"kind": "hls", "heights": [180, 90]},
    "mp3": {"kind": "audio", "format": "mp3"},
    "ogg": {"kind": "audio", "format": "ogg"},
    "m4a": {"kind": "audio", "format": "m4a"},
    "wav": {"kind": "audio", "format": "wav"},
}


SOUNDS = {"mp3", "ogg", "m4a", "wav"}


@pytest.fixture(autouse=True)
def _low_limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    name = request.node.callspec.params["name"]
    monkeypatch.setattr(config, "MAX_FETCHED_BYTES", 10_000)
    monkeypatch.setattr(streaming_upload, "FIRST_BYTES", 24_576 if name in SOUNDS else 131_072)
    monkeypatch.setattr(streaming_upload, "LAST_BYTES", 16_384)
    monkeypatch.setattr(streaming_upload, "SENT_BYTES", 8_192)
    monkeypatch.setattr(streaming_upload, "LOOK_SECONDS", 0.01)


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The files that were uploaded while they were written, with the share of each that takes room at the end."""
    seen: dict[str, float] = {}

    class Looking(streaming_upload.StreamingUpload):
        """An upload that looks at all files before the first of them is completed."""

        def __init__(self, folder: Path, outputs: AttemptOutputs) -> None:
            super().__init__(folder, outputs)
            self.folder = folder

        def complete(self, name: str, *rest: Any) -> tuple[str, str]:
            for file in self.folder.iterdir():
                if file.name in self:
                    seen.setdefault(file.name, file.stat().st_blocks * 512 / file.stat().st_size)
            return super().complete(name, *rest)

    monkeypatch.setattr(video, "StreamingUpload", Looking)
    return seen


def files_of(job: DrivenJob, folder: Path) -> list[Path]:
    """Download the files that a job's document names. The first file is the one to play."""
    [file] = job.data()["output"]["files"]
    found = []
    for published in (file, *file.get("parts", [])):
        content = bucket().blob(published["path"]).download_as_bytes()
        assert len(content) == published["bytes"]
        assert hashlib.sha256(content).hexdigest() == published["sha256"]
        found.append(folder / Path(published["path"]).name)
        found[-1].write_bytes(content)
    return found


def played(file: Path) -> dict[str, int]:
    """Return the number of frames that a player reads, by medium."""
    with av.open(str(file), format="hls" if file.suffix == ".m3u8" else None) as container:
        streams = [*container.streams.video[:1], *container.streams.audio[:1]]
        frames: dict[str, int] = {stream.type: 0 for stream in streams}
        for frame in container.decode(streams):
            assert isinstance(frame, av.VideoFrame | av.AudioFrame)
            frames["video" if isinstance(frame, av.VideoFrame) else "audio"] += not frame.is_corrupt
        return frames


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_streamed_upload_has_the_same_files_as_a_later_upload(
    user: SampleUser,
    ffmpeg: Ffmpeg,
    streamed: dict[str, float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    source = user.upload(ffmpeg("film.mp4", *FILM), "video/mp4")
    frames = []
    for most in (config.GIB, 10_000):
        monkeypatch.setattr(config, "MAX_FETCHED_BYTES", most)
        job = DrivenJob(user.id, input={"source": source, "outputs": [OUTPUTS[name]]})
        run_attempt(job.id, process_video)
        assert job.status == "completed", job.data().get("error")
        assert bool(streamed) == (most == 10_000)
        (folder := tmp_path / str(most)).mkdir()
        files = files_of(job, folder)
        frames.append(played(files[0]))
        assert {Path(path).name for path in left_behind(job)[0]} == {file.name for file in files}
        if files[0].suffix in {".mp4", ".m4a"}:
            content = files[0].read_bytes()
            assert content.index(b"moov") < content.index(b"mdat")
    assert frames[0] == frames[1]
    assert all(frames[0].values())
    if name in ("mp4", "wav"):
        assert max(streamed.values()) < 0.5


@pytest.mark.parametrize("name", ["mp4", "hls"])
def test_an_upload_that_fails_is_tried_again(
    user: SampleUser, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    written = OutputStream.write
    broken: list[int] = []

    def fails_once(stream: OutputStream, content: Any, /) -> int:
        if stream.bytes > 30_000 and not broken:
            broken.append(stream.bytes)
            raise Unavailable("Cloud Storage did not answer.")
        return written(stream, content)

    monkeypatch.setattr(OutputStream, "write", fails_once)
    source = user.upload(ffmpeg("film.mp4", *FILM), "video/mp4")
    job = DrivenJob(user.id, input={"source": source, "outputs": [OUTPUTS[name]]})
    run_attempt(job.id, process_video)
    assert (job.status, job.data()["attempts"][0]["errorCode"]) == ("pending", "unavailable")
    assert left_behind(job)[1:] == ([], [])
    job.become_due()
    run_attempt(job.id, process_video)
    assert job.status == "completed"
    files = files_of(job, tmp_path)
    assert played(files[0])["video"] == 150
    assert {Path(path).name for path in left_behind(job)[0]} == {file.name for file in files}


@pytest.mark.parametrize("name", ["mp4", "wav"])
def test_nothing_stays_of_an_upload_when_the_job_is_cancelled(
    user: SampleUser, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = user.upload(ffmpeg("film.mp4", *FILM), "video/mp4")
    job = DrivenJob(user.id, input={"source": source, "outputs": [OUTPUTS[name], OUTPUTS["webm"]]})
    written = OutputStream.write

    def cancels(stream: OutputStream, content: Any, /) -> int:
        job.update({"cancelRequested": True})
        return written(stream, content)

    monkeypatch.setattr(OutputStream, "write", cancels)
    run_attempt(job.id, process_video)
    assert job.status == "cancelled"
    assert left_behind(job) == ([], [], [])
