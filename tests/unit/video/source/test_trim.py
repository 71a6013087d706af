"""A part of a film is exact to the frame."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import InvalidJob
from unit.video.films import film, frame_numbers, made_picture, numbered, outputs_of


@pytest.mark.parametrize(
    ("name", "seconds", "rate", "trim", "numbers"),
    [
        ("film.mp4", 4, 25, {"start": 1, "end": 2}, range(25, 50)),
        ("film.mp4", 4, 25, {"start": 0.99, "end": 1.001}, range(25, 26)),
        ("film.mkv", 4, 25, {"start": 3.5}, range(88, 100)),
        ("film.ts", 4, 25, {"end": 0.15}, range(4)),  # whose sound begins 21 ms before its picture
        ("film.mp4", 4, 30, {"start": 0.033, "end": 0.067}, range(1, 2)),  # times that are cut to milliseconds
        ("film.mp4", 36, 5, {"start": 30, "end": 31}, range(150, 155)),
        ("film.mkv", 36, 5, {"start": 30.1, "end": 99}, range(151, 180)),
        ("film.ts", 36, 5, {"start": 30, "end": 31}, range(150, 155)),
    ],
    ids=str,
)
@pytest.mark.slow
def test_a_part_is_exact_to_the_frame(
    ffmpeg: Ffmpeg, tmp_path: Path, name: str, seconds: int, rate: int, trim: object, numbers: range
) -> None:
    wanted = ({"kind": "mp4", "quality": "high"}, {"kind": "poster", "at": 0}, {"kind": "audio", "format": "wav"})
    mp4, poster, sound = outputs_of(numbered(ffmpeg, name, seconds, rate), *wanted, trim=trim)
    assert frame_numbers(tmp_path / mp4.file.name) == list(numbers)
    _, _, grey = made_picture(tmp_path / poster.file.name)
    assert grey[0] - 16 == pytest.approx(numbers[0], abs=2)
    assert sound.duration_seconds == pytest.approx(len(numbers) / rate, abs=1 / rate)


def test_a_part_that_the_film_has_not_is_refused(ffmpeg: Ffmpeg) -> None:
    with pytest.raises(InvalidJob, match="begins at 5 s"):
        outputs_of(film(ffmpeg), trim={"start": 5})
