"""Every kind of output, through the whole of a job: made, uploaded, and found by the owner."""

import json
from pathlib import Path
from typing import Any

import av
import pytest

from conftest import Ffmpeg
from stoker_tools.samples.user import SampleUser

pytestmark = pytest.mark.usefixtures("nothing_left_in_tmp")


def completed(user: SampleUser, clip: Path, *outputs: dict[str, Any]) -> list[dict[str, Any]]:
    """Runs a job on the clip; returns the files of its output."""
    job = user.result(user.write_job({"source": user.upload(clip, "video/mp4"), "outputs": list(outputs)}))
    assert job["status"] == "completed", job.get("error")
    files: list[dict[str, Any]] = job["output"]["files"]
    assert [file["kind"] for file in files] == [output["kind"] for output in outputs]
    return files


def saved(user: SampleUser, file: dict[str, Any], folder: Path) -> Path:
    """Downloads an output with its parts, side by side, as a player finds them."""
    for one in (file, *file.get("parts", [])):
        content = user.download(one["path"])
        assert len(content) == one["bytes"]
        (folder / Path(one["path"]).name).write_bytes(content)
    return folder / Path(file["path"]).name


def test_a_playlist_plays_from_any_folder(user: SampleUser, clip: Path, tmp_path: Path) -> None:
    [hls, mp4] = completed(user, clip, {"kind": "hls", "heights": [720, 90]}, {"kind": "mp4"})
    assert (hls["width"], hls["height"], hls["contentType"]) == (320, 180, "application/vnd.apple.mpegurl")
    assert hls["durationSeconds"] == pytest.approx(mp4["durationSeconds"], abs=0.1)
    with av.open(str(saved(user, hls, tmp_path)), format="hls") as container:
        assert sorted(stream.type for stream in container.streams) == ["audio", "video", "video"]
        assert sum(1 for frame in container.decode(container.streams.video[0])) == 75


def test_a_file_of_any_name(user: SampleUser, clip: Path) -> None:
    named = clip.rename(clip.with_name("Ünïcödé 映画 🎬 $(x);'\"%n.mp4"))
    [mp4] = completed(user, named, {"kind": "mp4"})
    assert mp4["path"].endswith("/video-180p.mp4")


def test_identical_outputs_become_one_file(user: SampleUser, clip: Path) -> None:
    outputs = [{"kind": "poster", "at": 1}, {"kind": "poster", "at": 1, "width": 1280}]
    job = user.result(user.write_job({"source": user.upload(clip, "video/mp4"), "outputs": outputs}))
    assert [file["kind"] for file in job["output"]["files"]] == ["poster"]


def test_sound_and_what_it_is_found_as(user: SampleUser, clip: Path, tmp_path: Path) -> None:
    [mp3] = completed(user, clip, {"kind": "audio"})
    assert mp3["contentType"] == "audio/mpeg"
    assert "width" not in mp3
    with av.open(str(saved(user, mp3, tmp_path))) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) / 48_000 == pytest.approx(3, abs=0.1)


def test_every_kind_comes_out_of_one_job(user: SampleUser, clip: Path, tmp_path: Path) -> None:
    kinds = ("mp4", "webm", "av1", "poster", "sprite", "preview", "audio", "waveform")
    outputs: list[dict[str, Any]] = [{"kind": kind} for kind in kinds]
    files = dict(zip(kinds, completed(user, clip, *outputs), strict=True))
    sizes = {kind: (file.get("width"), file.get("height")) for kind, file in files.items()}
    assert sizes == {
        **dict.fromkeys(("mp4", "webm", "av1", "poster", "preview"), (320, 180)),
        "sprite": (160, 90),
        "audio": (None, None),
        "waveform": (1800, 280),
    }
    for kind in ("mp4", "webm", "av1", "audio"):
        assert files[kind]["durationSeconds"] == pytest.approx(3, abs=0.1)
    track = saved(user, files["sprite"], tmp_path).read_text()
    assert [name for name in track.split() if "#" in name] == ["sprite-1.jpg#xywh=0,0,160,90"]
    assert (tmp_path / "sprite-1.jpg").exists()
    waveform = json.loads(saved(user, files["waveform"], tmp_path).read_text())
    assert waveform["length"] == len(waveform["data"]) / 2
    assert (tmp_path / "waveform.png").exists()


def test_a_part_with_a_watermark_and_captions(user: SampleUser, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    mark = ffmpeg("mark.png", "-f", "lavfi", "-i", "color=white:size=64x64", "-frames:v", "1", "-update", "1")
    words = tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:01.200 --> 00:02.000\nHello.\n")
    job_input = {
        "source": user.upload(clip, "video/mp4"),
        "trim": {"start": 1, "end": 2},
        "watermark": {"source": user.upload(mark, "image/png"), "position": "top-left"},
        "captions": {"source": user.upload(words, "text/vtt"), "burnIn": True},
        "outputs": [{"kind": "mp4"}],
    }
    job = user.result(user.write_job(job_input))
    assert job["status"] == "completed", job.get("error")
    mp4, captions = job["output"]["files"]
    assert mp4["durationSeconds"] == pytest.approx(1, abs=0.05)
    assert (captions["kind"], captions["contentType"]) == ("captions", "text/vtt")
    assert "00:00:00.200 --> 00:00:01.000\nHello." in saved(user, captions, tmp_path).read_text()


@pytest.mark.parametrize("field", ["watermark", "captions"])
def test_what_is_not_the_owners_is_not_laid_over_a_film(user: SampleUser, clip: Path, field: str) -> None:
    theirs = SampleUser.sign_up().upload(clip, "video/mp4")
    job = user.result(user.write_job({"source": user.upload(clip, "video/mp4"), field: {"source": theirs}}))
    assert (job["status"], job["errorCode"]) == ("failed", "input-forbidden")
    assert theirs in job["error"]
