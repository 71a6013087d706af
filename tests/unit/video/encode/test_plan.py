"""The plan of a job is a command that decodes the source once, and never enlarges a picture."""

from dataclasses import replace
from itertools import pairwise

import pytest

from stoker.models.video import Av1Output, HlsOutput, Mp4Output, PosterOutput, VideoOutput
from stoker.probe.probe import AudioStream, MediaInfo, VideoStream
from stoker.video.encode.plan import plan
from stoker.video.source.film import Film
from unit.video.encode.probed import FILM

SOUND = AudioStream(index=1, codec="aac", channels=6, duration_seconds=60, layout="5.1")
MP4, POSTER, HLS = Mp4Output(kind="mp4"), PosterOutput(kind="poster"), HlsOutput(kind="hls")


def planned(*outputs: VideoOutput, film: VideoStream = FILM, sound: AudioStream | None = SOUND) -> list[str]:
    """The arguments of the runs."""
    runs = plan("source", Film(MediaInfo(60, 2, film, sound)), outputs or (MP4, POSTER)).runs
    return [argument for run in runs for argument in run]


@pytest.mark.parametrize(("sound", "inputs"), [(SOUND, 2), (None, 1)], ids=["with sound", "without"])
def test_each_medium_is_read_once_for_every_output(sound: AudioStream | None, inputs: int) -> None:
    command = planned(MP4, POSTER, Mp4Output(kind="mp4", height=360), HLS, sound=sound)
    assert [after for before, after in pairwise(command) if before == "-i"] == ["source"] * inputs
    assert command.count("-filter_complex") == inputs
    made = ("video-720p.mp4", "poster-candidate-%d.jpg", "video-360p.mp4", "hls-1080p.m4s")
    for name in (*made, "hls-audio.m4s") if sound else made:
        assert name in " ".join(command)


def test_what_has_one_height_and_quality_is_encoded_once() -> None:
    command = planned(MP4, HLS, Mp4Output(kind="mp4", height=480, quality="low"))
    assert [argument for argument in command if argument in ("libx264", "aac")] == ["libx264"] * 4 + ["aac"]


def test_sizes_above_the_source_become_one() -> None:
    command = planned(HLS, film=replace(FILM, width=854, height=480))
    assert command.count("libx264") == 1


@pytest.mark.parametrize(
    ("width", "height", "wanted", "made"),
    [
        (1920, 1080, 720, (1280, 720)),
        (854, 480, 720, (854, 480)),
        (1080, 1920, 720, (404, 720)),
        (321, 183, 720, (320, 182)),
        (2560, 1080, 480, (1138, 480)),
        (16, 9, 720, (16, 8)),
        (1, 1, 720, (2, 2)),
    ],
)
def test_sizes_are_even_keep_the_shape_and_never_grow(
    width: int, height: int, wanted: int, made: tuple[int, int]
) -> None:
    film = Film(MediaInfo(60, 1, replace(FILM, width=width, height=height), None))
    assert film.fitted(height=wanted) == made


def test_a_picture_that_fits_is_not_scaled() -> None:
    small = replace(FILM, width=640, height=360)
    assert "scale" not in " ".join(planned(film=small))
    assert "scale" in " ".join(planned(film=replace(small, square_pixels=False)))


def test_sound_is_stereo_and_a_silent_film_stays_silent() -> None:
    assert "channel_layouts=stereo" in " ".join(planned(MP4))
    silent = planned(MP4, sound=None)
    assert not [argument for argument in silent if argument.startswith("-c:a")]


def test_no_more_than_sixty_frames_a_second() -> None:
    assert "fps=60" in " ".join(planned(film=replace(FILM, frames_per_second=240)))
    assert "fps=60" not in " ".join(planned())


def test_a_poster_beyond_the_end_is_the_last_picture() -> None:
    assert "start_time=60.000" in " ".join(planned(MP4, PosterOutput(kind="poster", at=3600)))
    assert "start_time=6.000" in " ".join(planned(MP4, POSTER))


def test_posters_alone_jump_to_their_places() -> None:
    arguments = planned(PosterOutput(kind="poster", at=50), POSTER)
    starts = [arguments[place + 1] for place, argument in enumerate(arguments) if argument == "-ss"]
    assert starts == ["30.000"]
    assert "start_time=50.000" in " ".join(arguments)


def test_the_input_is_opened_with_the_allow_lists() -> None:
    arguments = planned()
    before_input = arguments[: arguments.index("-i")]
    assert before_input[before_input.index("-protocol_whitelist") + 1] == "file"
    assert "-format_whitelist" in before_input
    assert "-max_pixels" in before_input


def test_encoders_get_the_measured_rate() -> None:
    """A container may declare 1,000 frames a second, which SVT-AV1 refuses, and which raises the level of H.264."""
    command = " ".join(planned(MP4, Av1Output(kind="av1"), film=replace(FILM, moving_frames_per_second=29.97)))
    assert "fps=29970/1000" in command
    assert "fps-num=29970:fps-denom=1000" in command
