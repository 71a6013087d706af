"""Films that change in the middle: their size, their shape, or from whole frames to halves."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from conftest import Ffmpeg
from unit.video.films import outputs_of
from unit.video.numbered import HEIGHT, WIDTH, decoded, film, number_of
from unit.video.outputs.sprites import shown_in_sprite

RATE, COUNT = 25, 50
"""Frames a second, and frames of each part."""

PART_SECONDS = COUNT / RATE


def joined(ffmpeg: Ffmpeg, folder: Path, parts: Sequence[Path]) -> Path:
    """Transport streams one after another, as broadcasts and recorders join them."""
    whole = folder / "whole.ts"
    content = b""
    for number, part in enumerate(parts):
        moved = ("-muxdelay", "0", "-muxpreload", "0", "-output_ts_offset", str(number * PART_SECONDS))
        content += ffmpeg(f"part-{number}.ts", "-i", str(part), "-c", "copy", *moved).read_bytes()
    whole.write_bytes(content)
    return whole


def part(folder: Path, number: int, scale: tuple[int, int]) -> Path:
    times = [frame / RATE for frame in range(COUNT)]
    return film(folder / f"{number}.mp4", times, hold=1 / RATE, first=number * COUNT, scale=scale)


@pytest.mark.parametrize("name", ["whole.ts", "whole.mkv"])
@pytest.mark.parametrize(
    "scales", [((1, 1), (2, 2)), ((2, 2), (1, 1)), ((1, 1), (2, 2), (1, 1))], ids=["larger", "smaller", "and back"]
)
@pytest.mark.slow
def test_no_frame_is_lost_where_the_size_changes(
    scales: Sequence[tuple[int, int]], name: str, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    whole = joined(ffmpeg, tmp_path, [part(tmp_path, number, scale) for number, scale in enumerate(scales)])
    if name != whole.name:
        whole = ffmpeg(name, "-i", str(whole), "-c", "copy")
    total = len(scales) * COUNT
    mp4, hls, sprite, poster = outputs_of(
        whole,
        {"kind": "mp4"},
        {"kind": "hls", "heights": [HEIGHT]},
        {"kind": "sprite", "interval": 1, "width": WIDTH},
        {"kind": "poster", "at": PART_SECONDS + 1},
    )
    assert (mp4.width, mp4.height) == (WIDTH * scales[0][0], HEIGHT * scales[0][1])
    for file in (mp4.file.name, f"hls-{HEIGHT}p.m4s"):
        frames = decoded(tmp_path / file)
        assert [number for number, _ in frames] == list(range(total))
        steps = [after - before for (_, before), (_, after) in pairwise(frames)]
        assert steps == pytest.approx([1 / RATE] * (total - 1), abs=0.002)
    assert hls.duration_seconds == pytest.approx(total / RATE, abs=0.1)
    assert shown_in_sprite(tmp_path) == [
        pytest.approx(RATE * (second + 0.5), abs=2) for second in range(round(total / RATE))
    ]
    assert sprite.parts
    shown = number_of(np.asarray(Image.open(tmp_path / poster.file.name).convert("L")))
    assert shown == pytest.approx(COUNT + RATE, abs=2)


def test_a_picture_of_another_shape_is_not_stretched(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """A telephone that is turned while it records: the upright picture stands between black bars."""
    upright = ffmpeg("upright.mp4", "-f", "lavfi", "-i", f"color=white:size=160x320:rate={RATE}:duration=2", *H264)
    wide = ffmpeg("wide.mp4", "-f", "lavfi", "-i", f"color=white:size=320x160:rate={RATE}:duration=2", *H264)
    outputs_of(joined(ffmpeg, tmp_path, [wide, upright]), {"kind": "poster", "at": 3}, {"kind": "mp4", "height": 80})
    grey = np.asarray(Image.open(tmp_path / "poster.jpg").convert("L"))
    assert grey.shape == (160, 320)
    lit = (grey > 128).sum(axis=1)
    assert lit == pytest.approx(np.full(160, 80), abs=4)  # half as wide as high
    assert grey[80, 160] > 200
    assert grey[80, 20] < 30


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
MOVING = f"testsrc2=size=320x180:rate={2 * RATE}:duration={PART_SECONDS:g}"
INTERLACED = (*H264, "-flags", "+ildct+ilme", "-x264-params", "tff=1")


def combing(file: Path) -> list[float]:
    """Return the combing of each frame: the difference of neighbouring lines, divided by that of lines of one field."""
    with av.open(str(file)) as container:
        frames = [frame.to_ndarray(format="gray").astype(float) for frame in container.decode(video=0)]
    return [
        float(np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2).mean() / (np.abs(grey[2:] - grey[:-2]).mean() + 1))
        for grey in frames
    ]


@pytest.mark.slow
def test_what_is_interlaced_later_is_deinterlaced(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    whole = ffmpeg("progressive.mp4", "-f", "lavfi", "-i", MOVING, "-r", str(RATE), *H264)
    halves = ffmpeg("halves.mp4", "-f", "lavfi", "-i", MOVING, "-vf", "interlace=lowpass=0", *INTERLACED)
    film = joined(ffmpeg, tmp_path, [whole, halves])
    before = combing(film)
    [mp4] = outputs_of(film, {"kind": "mp4", "quality": "high"})
    after = combing(tmp_path / mp4.file.name)
    assert np.mean(before[COUNT:]) > 1.3 * np.mean(before[:COUNT])  # the source is combed
    assert np.mean(after[COUNT + 2 :]) < 1.1 * np.mean(after[:COUNT])
    assert after[: COUNT - 2] == pytest.approx(before[: COUNT - 2], rel=0.25)  # whole frames stay whole
