"""Parts of films whose picture stands still: the frame that is on the screen is in the part, and ends with it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unit.video.films import outputs_of
from unit.video.numbered import decoded, film, number_of
from unit.video.outputs.sprites import shown_in_sprite

pytestmark = pytest.mark.slow

TIMES = [0.0, 0.04, 0.08, 12.0, 12.04, 40.0, 50.0]
"""The frames of a film of slides; the last one until 60 s."""

SECONDS = 60.0
FROZEN = [number / 25 for number in range(50)]
"""A picture of 2 s, beside a sound of 60 s."""

PARTS: dict[str, tuple[float, float | None, list[tuple[int, float]], float]] = {
    "within a still": (5.0, 9.0, [(2, 0)], 4),
    "from a still on": (5.0, 14.0, [(2, 0), (3, 7), (4, 7.04)], 9),
    "from the start into a still": (0.0, 6.0, [(0, 0), (1, 0.04), (2, 0.08)], 6),
    "far behind the beginning of the still": (38.0, 45.0, [(4, 0), (5, 2)], 7),
    "the last frame": (52.0, 57.0, [(6, 0)], 5),
    "to the end": (45.0, None, [(5, 0), (6, 5)], 15),
}


USUAL = "far behind the beginning of the still"

# Muxers do not keep how long the last frame of a silent film is shown.
SILENT = [
    pytest.param(name, part, False, marks=() if part == USUAL else pytest.mark.soak)
    for name in ("slides.mp4", "slides.webm")
    for part in list(PARTS)[:4]
]
LOUD = [
    pytest.param(name, part, True, marks=() if name == "slides.mp4" or part == USUAL else pytest.mark.soak)
    for name in ("slides.mp4", "slides.webm", "slides.mkv")
    for part in PARTS
]


@pytest.mark.parametrize(("name", "part", "sound"), [*LOUD, *SILENT])
def test_a_part_begins_with_what_is_on_the_screen(name: str, part: str, sound: bool, tmp_path: Path) -> None:
    start, end, frames, seconds = PARTS[part]
    source = film(tmp_path / name, TIMES, hold=10, sound=(0, SECONDS) if sound else None)
    trim = {"start": start, **({} if end is None else {"end": end})}
    mp4, poster, _ = outputs_of(
        source, {"kind": "mp4", "height": 48}, {"kind": "poster", "at": 0.5}, {"kind": "sprite"}, trim=trim
    )
    found = decoded(tmp_path / mp4.file.name)
    assert [number for number, _ in found] == [number for number, _ in frames]
    assert [time for _, time in found] == pytest.approx([time for _, time in frames], abs=0.002)
    assert mp4.duration_seconds == pytest.approx(seconds, abs=0.1)
    on_screen = [number for number, time in frames if time <= 0.5][-1]
    assert number_in(tmp_path / poster.file.name) == on_screen


@pytest.mark.parametrize("name", ["slides.webm", "slides.mkv"])
@pytest.mark.parametrize(("at", "number"), [(11, 2), (30, 4), (39, 4), (49, 5), (59, 6)])
def test_a_poster_alone_finds_a_still_that_began_long_before(at: float, number: int, name: str, tmp_path: Path) -> None:
    source = film(tmp_path / name, TIMES, hold=10, sound=(0, SECONDS))
    outputs_of(source, {"kind": "poster", "at": at})
    assert number_in(tmp_path / "poster.jpg") == number


def test_a_picture_that_ends_before_the_sound_stays_in_every_output(tmp_path: Path) -> None:
    source = film(tmp_path / "frozen.mp4", FROZEN, hold=0.04, sound=(0, SECONDS))
    outputs_of(source, {"kind": "sprite", "interval": 10, "width": 192})
    assert shown_in_sprite(tmp_path) == [49] * 6
    mp4, hls, poster, preview = outputs_of(
        source,
        {"kind": "mp4", "height": 48},
        {"kind": "hls", "heights": [48]},
        {"kind": "poster"},
        {"kind": "preview"},
        trim={"start": 10, "end": 15},
    )
    assert [number for number, _ in decoded(tmp_path / mp4.file.name)] == [49]
    assert hls.duration_seconds == pytest.approx(5, abs=0.1)
    assert number_in(tmp_path / poster.file.name) == 49
    assert preview.width == 192


def test_captions_change_while_the_picture_stands_still(tmp_path: Path) -> None:
    source = film(tmp_path / "slides.mp4", [0.0, 10.0], hold=10, sound=(0, 20), scale=(2, 4))
    (tmp_path / "captions").write_text(
        "WEBVTT\n\n00:02.000 --> 00:05.000\nHello there\n\n00:06.000 --> 00:09.000\nSecond line\n"
    )
    posters: list[dict[str, object]] = [{"kind": "poster", "at": at} for at in (1, 3, 5.5, 7, 9.5)]
    captions = {"source": "public/words.vtt", "burnIn": True}
    alone: list[dict[str, object]] = []
    for beside in (alone, [{"kind": "mp4"}]):
        made = outputs_of(source, *posters, *beside, captions=captions)
        grey = [np.asarray(Image.open(tmp_path / poster.file.name).convert("L"), dtype=int) for poster in made[:5]]
        lit = [bool(np.abs(picture - grey[0]).max() > 100) for picture in grey]
        assert lit == [False, True, False, True, False]
        assert np.abs(grey[1] - grey[3]).max() > 100


def number_in(file: Path) -> int:
    return number_of(np.asarray(Image.open(file).convert("L")))
