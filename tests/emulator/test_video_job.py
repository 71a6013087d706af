"""The main job: a user uploads a film, writes a job, watches it, and gets files that play."""

import struct
import time
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore

from conftest import Ffmpeg
from stoker import config
from stoker.probe.probe import MediaInfo, Prober
from stoker.sandbox.formats import PICTURES
from stoker.storage.client import bucket
from stoker_tools.samples.user import SampleUser


@pytest.fixture
def film(ffmpeg: Ffmpeg) -> Path:
    """Forty seconds of 854 x 480 with 5.1 sound: a size that is no multiple of 16."""
    picture = ("-f", "lavfi", "-i", "testsrc2=size=854x480:rate=24:duration=40")
    sound = ("-f", "lavfi", "-i", "sine=frequency=330:duration=40")
    surround = ("-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0")
    return ffmpeg("film.mp4", *picture, *sound, *surround, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")


def boxes(mp4: bytes) -> list[str]:
    """The top-level boxes of an MP4, in their order."""
    found, at = [], 0
    while at < len(mp4):
        size, kind = struct.unpack(">I4s", mp4[at : at + 8])
        found.append(kind.decode())
        at += size
    return found


def saved(user: SampleUser, job: dict[str, Any], folder: Path) -> dict[str, tuple[Path, MediaInfo]]:
    """Downloads the outputs of a job, by kind."""
    files = {}
    with Prober() as prober:
        for output in job["output"]["files"]:
            file = folder / Path(output["path"]).name
            file.write_bytes(user.download(output["path"]))
            poster = output["kind"] == "poster"
            files[output["kind"]] = (file, prober.probe(file, PICTURES) if poster else prober.probe(file))
    return files


@pytest.mark.usefixtures("nothing_left_in_tmp")
def test_a_pending_job_becomes_files_that_play(user: SampleUser, film: Path, tmp_path: Path) -> None:
    source = user.upload(film, "video/mp4")
    seen = list(user.watch(user.write_job({"source": source})))
    job = seen[-1]
    assert job["status"] == "completed", job.get("error")

    progress = [float(one.get("progress", 0)) for one in seen]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    # About once a second at first, and at least every other time that it may later, however fast the machine is.
    seconds = (job["completedAt"] - job["startedAt"]).total_seconds()
    brisk = min(seconds, config.BRISK_FOR_SECONDS) * 0.7
    assert len(set(progress)) >= 1 + brisk + (seconds - brisk) // (2 * config.PROGRESS_SECONDS)

    estimated = [one for one in seen if "etaSeconds" in one]
    assert estimated
    assert all(isinstance(one["etaSeconds"], int) and one["etaSeconds"] > 0 for one in estimated)
    assert "etaSeconds" not in job

    media = job["output"]["media"]
    assert media["durationSeconds"] == pytest.approx(40, abs=0.1)
    assert media["video"] == {
        "codec": "h264",
        "width": 854,
        "height": 480,
        "framesPerSecond": 24,
        "rotation": 0,
        "bitDepth": 8,
    }
    assert (media["audio"]["codec"], media["audio"]["channels"], media["audio"]["layout"]) == ("aac", 6, "5.1")
    assert -40 < media["audio"]["loudnessLufs"] < 0

    files = saved(user, job, tmp_path)
    mp4, info = files["mp4"]
    assert boxes(mp4.read_bytes())[:2] == ["ftyp", "moov"]  # plays before it is loaded
    assert info.duration_seconds == pytest.approx(40, abs=0.1)
    assert info.video is not None
    assert (info.video.codec, info.video.width, info.video.height) == ("h264", 854, 480)
    assert info.audio is not None
    assert (info.audio.codec, info.audio.channels) == ("aac", 2)

    picture = files["poster"][1].video
    assert picture is not None
    assert (picture.codec, picture.width, picture.height) == ("mjpeg", 854, 480)

    for output in job["output"]["files"]:
        content = user.download(output["path"])
        assert output["bytes"] == len(content)
        assert output["path"].startswith(f"job-outputs/{user.id}/{job['id']}/")
    assert {"startedAt", "updatedAt", "completedAt"} <= job.keys()
    assert "lease" not in job


@pytest.mark.usefixtures("nothing_left_in_tmp")
def test_outputs_are_as_they_were_asked_for(user: SampleUser, film: Path, tmp_path: Path) -> None:
    source = user.upload(film, "video/mp4")
    wanted = [
        {"kind": "poster", "at": 3, "width": 320},
        {"kind": "mp4", "height": 240, "quality": "low"},
        {"kind": "mp4", "height": 144},
    ]
    job = user.result(user.write_job({"source": source, "outputs": wanted}))
    assert job["status"] == "completed", job.get("error")
    assert [(file["kind"], file["width"], file["height"]) for file in job["output"]["files"]] == [
        ("poster", 320, 180),
        ("mp4", 428, 240),
        ("mp4", 256, 144),
    ]


@pytest.mark.usefixtures("nothing_left_in_tmp")
def test_the_owner_cancels_a_job_while_it_runs(user: SampleUser, film: Path) -> None:
    wanted = [{"kind": "mp4", "height": height, "quality": "high"} for height in (480, 400, 320, 240)]
    job_id = user.write_job({"source": user.upload(film, "video/mp4"), "outputs": wanted})
    reference = user.firestore.collection("processingJobs").document(job_id)
    job: dict[str, Any] = {}
    asked = 0.0
    for job in user.watch(job_id):
        if job.get("stage") == "encoding" and not asked:
            reference.update({"cancelRequested": True, "updatedAt": firestore.SERVER_TIMESTAMP})
            asked = time.monotonic()
    # The worker hears of it with its next progress write, and stops ffmpeg within 3 s.
    assert time.monotonic() - asked < config.PROGRESS_SECONDS + 3
    assert (job["status"], job["errorCode"]) == ("cancelled", "cancelled")
    assert "output" not in job
    assert list(bucket().list_blobs(prefix=f"job-outputs/{user.id}/")) == []


def test_another_user_sees_neither_the_job_nor_its_files(user: SampleUser, clip: Path) -> None:
    import httpx
    from google.api_core.exceptions import PermissionDenied

    job = user.result(user.write_job({"source": user.upload(clip, "video/mp4")}))
    stranger = SampleUser.sign_up()
    with pytest.raises(PermissionDenied):
        stranger.firestore.collection("processingJobs").document(job["id"]).get()
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        stranger.download(job["output"]["files"][0]["path"])
