"""A sprite shows each time of a film at its place."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from unit.video.films import H264, made_picture, one_frame, outputs_of
from unit.video.outputs.sprites import cues


def grey_ramp(ffmpeg: Ffmpeg, seconds: int) -> Path:
    """Each second is lighter than the one before, by one."""
    ramp = f"color=black:size=64x36:rate=5:duration={seconds},geq=lum='16+floor(T)':cb=128:cr=128"
    return ffmpeg("ramp.mp4", "-f", "lavfi", "-i", ramp, *H264, "-qp", "0")


@pytest.mark.parametrize(("seconds", "sheets"), [(3, 1), (130, 2)])
def test_a_sprite_shows_each_time_at_its_place(ffmpeg: Ffmpeg, tmp_path: Path, seconds: int, sheets: int) -> None:
    [sprite] = outputs_of(grey_ramp(ffmpeg, seconds), {"kind": "sprite", "interval": 1, "width": 32})
    found = cues(tmp_path / sprite.file.name)
    assert [(start, end) for start, end, _, _ in found] == [(number, number + 1) for number in range(seconds)]
    assert len(sprite.parts) == sheets
    sizes = {part.name: made_picture(tmp_path / part.name) for part in sprite.parts}
    for start, _, sheet, (x, y, width, height) in found:
        columns, rows, pixels = sizes[sheet]
        assert (width, height) == (32, 18)
        assert x + width <= columns
        assert y + height <= rows
        assert pixels[(y + 9) * columns + x + 16] == pytest.approx(16 + start, abs=3)


def test_a_film_of_one_picture_has_a_sprite(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [sprite] = outputs_of(one_frame(ffmpeg), {"kind": "sprite"})
    assert [place for _, _, _, place in cues(tmp_path / sprite.file.name)] == [(0, 0, 160, 90)]
