"""Posters, sprites and previews show what is on the screen at their times."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from conftest import Ffmpeg
from unit.video.films import outputs_of
from unit.video.numbered import film, number_of
from unit.video.outputs.sprites import cues, shown_in_sprite

pytestmark = pytest.mark.slow

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
STILLS = [0.0, 2.0, 2.04, 2.08, 5.0]
"""When the frames of a film of slides are shown; the last one until 6 s."""


def number_in(file: Path) -> int:
    return number_of(np.asarray(Image.open(file).convert("L")))


@pytest.mark.parametrize(
    "beside",
    [(), pytest.param(({"kind": "mp4", "height": 48},), marks=pytest.mark.soak)],
    ids=["alone", "beside a film"],
)
@pytest.mark.parametrize(("at", "number"), [(0, 0), (1.9, 0), (2, 1), (2.05, 2), (4.9, 3), (5, 4), (5.9, 4), (99, 4)])
def test_a_poster_shows_what_is_on_the_screen(
    at: float, number: int, beside: tuple[dict[str, object], ...], tmp_path: Path
) -> None:
    source = film(tmp_path / "slides.mp4", STILLS, hold=1, sound=(0, 6))
    outputs_of(source, {"kind": "poster", "at": at}, *beside)
    assert number_in(tmp_path / "poster.jpg") == number


def fading_in(ffmpeg: Ffmpeg, black: float) -> Path:
    """Black at first, then a picture with detail."""
    picture = f"testsrc2=size=320x180:rate=10:duration=20,fade=in:st={black}:d=1"
    return ffmpeg("fade.mp4", "-f", "lavfi", "-i", picture, *H264)


def blurred_at_first(ffmpeg: Ffmpeg) -> Path:
    blurred = "testsrc2=size=320x180:rate=10:duration=20,gblur=sigma=20:enable='lt(t,5)'"
    return ffmpeg("blur.mp4", "-f", "lavfi", "-i", blurred, *H264)


def white_at_first(ffmpeg: Ffmpeg) -> Path:
    white = "testsrc2=size=320x180:rate=10:duration=20,drawbox=color=white:t=fill:enable='lt(t,4)'"
    return ffmpeg("white.mp4", "-f", "lavfi", "-i", white, *H264)


@pytest.mark.parametrize(
    "beside",
    [({"kind": "mp4", "height": 90},), pytest.param((), marks=pytest.mark.soak)],
    ids=["beside a film", "alone"],
)
@pytest.mark.parametrize(
    "source",
    [lambda ffmpeg: fading_in(ffmpeg, 3), lambda ffmpeg: fading_in(ffmpeg, 9), blurred_at_first, white_at_first],
    ids=["fade in", "late fade in", "blur", "white"],
)
def test_a_poster_has_detail_if_the_film_has(
    source: object, beside: tuple[dict[str, object], ...], ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    assert callable(source)
    poster, *_ = outputs_of(source(ffmpeg), {"kind": "poster"}, *beside)
    grey = np.asarray(Image.open(tmp_path / "poster.jpg").convert("L")).astype(float)
    assert (poster.width, poster.height) == (320, 180)
    assert grey.std() > 40  # a test picture is full of contrast
    assert np.abs(np.diff(grey, axis=1)).max() > 100  # and of edges
    assert not list(tmp_path.glob("*candidate*"))


def test_a_black_film_has_a_poster(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    black = ffmpeg("black.mp4", "-f", "lavfi", "-i", "color=black:size=320x180:rate=10:duration=4", *H264)
    [poster] = outputs_of(black, {"kind": "poster"})
    assert (poster.width, poster.height) == (320, 180)


@pytest.mark.parametrize(
    ("seconds", "interval", "numbers"),
    [
        (10, 2, [10, 30, 50, 70, 90]),
        (9, 2, [10, 30, 50, 70, 85]),  # the last interval is shorter
        (1, 5, [5]),  # so is the only one
        (5, 5, [25]),
    ],
)
def test_a_sprite_shows_the_middle_of_each_interval(
    seconds: float, interval: float, numbers: list[int], tmp_path: Path
) -> None:
    source = film(tmp_path / "film.mp4", [number / 10 for number in range(round(seconds * 10))])
    outputs_of(source, {"kind": "sprite", "interval": interval, "width": 192})
    assert shown_in_sprite(tmp_path) == [pytest.approx(number, abs=1) for number in numbers]
    times = [(start, end) for start, end, _, _ in cues(tmp_path / "sprite.vtt")]
    assert times[-1][1] == pytest.approx(seconds, abs=0.01)


def test_the_cues_of_a_sprite_last_to_the_end_where_the_picture_begins_late(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", [1 + number / 10 for number in range(90)], sound=(0, 10))
    outputs_of(source, {"kind": "sprite", "interval": 5, "width": 192})
    assert [(start, end) for start, end, _, _ in cues(tmp_path / "sprite.vtt")] == [
        (0, 5),
        (5, pytest.approx(10, abs=0.03)),
    ]
    assert shown_in_sprite(tmp_path) == [pytest.approx(15, abs=1), pytest.approx(65, abs=1)]


@pytest.mark.parametrize("form", ["webp", "gif"])
@pytest.mark.parametrize("times", [[0.0], [0.0, 0.02], [0.0, 0.05]], ids=["0.04 s", "0.06 s", "0.09 s"])
@pytest.mark.slow
def test_a_still_with_long_sound_has_a_preview(form: str, times: list[float], tmp_path: Path) -> None:
    source = film(tmp_path / "still.mp4", times, hold=0.04, sound=(0, 20))
    preview, poster, sprite = outputs_of(
        source, {"kind": "preview", "format": form}, {"kind": "poster"}, {"kind": "sprite"}
    )
    with Image.open(tmp_path / preview.file.name) as picture:
        assert getattr(picture, "n_frames", 1) >= 1
        assert number_of(np.asarray(picture.convert("L"))) == 0
    assert (poster.width, sprite.width) == (192, 160)


def test_a_preview_of_slides_shows_each_at_its_time(tmp_path: Path) -> None:
    source = film(tmp_path / "slides.mp4", STILLS, hold=1, sound=(0, 6))
    outputs_of(source, {"kind": "preview", "format": "gif", "seconds": 3})
    with Image.open(tmp_path / "preview.gif") as picture:
        seen = []
        for frame in ImageSequence.Iterator(picture):
            seen += [number_of(np.asarray(frame.convert("L")))] * round(frame.info["duration"] / 100)
    # From a tenth of the film on, 0.6 s; the frames of 2 s and after are a frame of the preview at most.
    assert seen[:14] == [0] * 14
    assert seen[16:] == [3] * 14


@pytest.mark.slow
@pytest.mark.parametrize("at", [0, 1, 2.9, 4])
def test_a_poster_of_a_transport_stream_counts_from_the_start_of_its_sound(at: float, tmp_path: Path) -> None:
    """The picture begins 2.5 s after the sound. ffmpeg would begin the clock with the stream that a poster needs."""
    source = film(tmp_path / "late.ts", [2.5 + number / 25 for number in range(100)], sound=(0, 6.5))
    shown = []
    for beside in ((), ({"kind": "mp4", "height": 48},)):
        outputs_of(source, {"kind": "poster", "at": at}, *beside)
        shown.append(number_in(tmp_path / "poster.jpg"))
    expected = max(0, round((at - 2.5) * 25))
    assert shown == [pytest.approx(expected, abs=2)] * 2
