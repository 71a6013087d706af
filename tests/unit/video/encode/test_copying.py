"""Streams that fit already are copied, and the others are encoded."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.video.encode.plan import plan
from stoker.video.source.fetching import open_film
from unit.video.films import H264, PICTURE, SOUND, outputs_of


def light(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("light.mp4", *PICTURE, *SOUND, *H264, "-crf", "40", "-c:a", "aac", "-metadata", "title=secret")


def test_what_fits_is_copied_without_its_metadata(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = light(ffmpeg)
    [mp4, _] = outputs_of(source)
    for stream in ("v", "a"):
        hashes = [
            ffmpeg(f"{number}.md5", "-i", str(file), "-map", f"0:{stream}", "-c", "copy", "-f", "md5").read_text()
            for number, file in enumerate((source, tmp_path / mp4.file.name))
        ]
        assert hashes[0] == hashes[1]
    assert b"secret" in source.read_bytes()
    assert b"secret" not in (tmp_path / mp4.file.name).read_bytes()


@pytest.mark.parametrize(
    "also",
    [{"outputs": [{"kind": "mp4", "height": 90}]}, {"trim": {"start": 1}}, {"outputs": [{"kind": "hls"}]}],
    ids=["smaller", "trimmed", "hls"],
)
def test_what_does_not_fit_is_encoded(ffmpeg: Ffmpeg, tmp_path: Path, also: dict[str, object]) -> None:
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film", **also})
    light(ffmpeg).rename(tmp_path / "source")
    with Prober() as prober:
        [run, *_] = plan("source", open_film(video_input, tmp_path, prober), video_input.outputs).runs
    assert "libx264" in run
