"""A poster shows the frame of its time."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from unit.video.films import H264, made


@pytest.mark.slow
def test_a_poster_shows_the_frame_of_its_time(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Red until 2 s, blue after: alone, and beside an MP4."""
    halves = (
        "-f",
        "lavfi",
        "-i",
        "color=red:size=64x64:rate=25:duration=2,format=yuv420p[a];color=blue:size=64x64:rate=25:duration=2,format=yuv420p[b];[a][b]concat",
    )
    source = ffmpeg("halves.mp4", *halves, *H264)
    alone: list[dict[str, object]] = []
    for others in (alone, [{"kind": "mp4"}]):
        for at, colour in ((1.9, "red"), (2.1, "blue"), (99, "blue")):
            made(source, {"kind": "poster", "at": at}, *others)
            pixel = ffmpeg("pixel.rgb", "-i", str(tmp_path / "poster.jpg"), "-vf", "scale=1:1", "-pix_fmt", "rgb24")
            red, _, blue = pixel.read_bytes()
            assert ("red" if red > blue else "blue") == colour
