"""What is asked for becomes one command that decodes once, and never enlarges."""

from dataclasses import replace

import pytest

from stoker.media.plan import Plan, plan
from stoker.media.probe import AudioStream, MediaInfo, VideoStream
from stoker.models.video import Mp4Output, PosterOutput

FILM = VideoStream(
    index=0,
    codec="h264",
    width=1920,
    height=1080,
    square_pixels=True,
    frames_per_second=25,
    duration_seconds=60,
)
SOUND = AudioStream(index=1, codec="aac", channels=6, duration_seconds=60)
MP4, POSTER = Mp4Output(kind="mp4"), PosterOutput(kind="poster")


def planned(*outputs: Mp4Output | PosterOutput, film: VideoStream = FILM, sound: AudioStream | None = SOUND) -> Plan:
    return plan("source", MediaInfo(60, 2, film, sound), film, outputs or (MP4, POSTER))


def test_one_input_feeds_every_output() -> None:
    made = planned(MP4, POSTER, Mp4Output(kind="mp4", height=360))
    assert made.arguments.count("-i") == 1
    assert [file.name for file in made.files] == ["video-720p.mp4", "poster.jpg", "video-360p.mp4"]
    assert all(file.name in made.arguments for file in made.files)


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
    [file] = planned(Mp4Output(kind="mp4", height=wanted), film=replace(FILM, width=width, height=height)).files
    assert (file.width, file.height) == made


def test_a_picture_that_fits_is_not_scaled() -> None:
    small = replace(FILM, width=640, height=360)
    assert "scale" not in " ".join(planned(film=small).arguments)
    assert "scale" in " ".join(planned(film=replace(small, square_pixels=False)).arguments)


def test_sound_is_stereo_and_a_silent_film_stays_silent() -> None:
    assert "-ac 2" in " ".join(planned(MP4).arguments)
    silent = planned(MP4, sound=None).arguments
    assert "-an" in silent
    assert "-c:a" not in silent


def test_no_more_than_sixty_frames_a_second() -> None:
    assert "fps=60" in " ".join(planned(film=replace(FILM, frames_per_second=240)).arguments)
    assert "fps=60" not in " ".join(planned().arguments)


def test_a_poster_beyond_the_end_is_the_last_picture() -> None:
    assert r"select=gte(t\,60.000)" in " ".join(planned(MP4, PosterOutput(kind="poster", at=3600)).arguments)
    assert r"select=gte(t\,6.000)" in " ".join(planned(MP4, POSTER).arguments)


def test_posters_alone_jump_to_their_places() -> None:
    arguments = planned(PosterOutput(kind="poster", at=50), POSTER).arguments
    starts = [arguments[place + 1] for place, argument in enumerate(arguments) if argument == "-ss"]
    assert starts == ["30.000", "0.000"]
    assert r"select=gte(t\,20.000)" in " ".join(arguments)


def test_files_that_would_have_one_name_get_two() -> None:
    made = planned(POSTER, PosterOutput(kind="poster", at=1), PosterOutput(kind="poster", at=2))
    assert [file.name for file in made.files] == ["poster.jpg", "poster-2.jpg", "poster-3.jpg"]


def test_the_input_is_opened_with_the_allow_lists() -> None:
    arguments = planned().arguments
    before_input = arguments[: arguments.index("-i")]
    assert before_input[before_input.index("-protocol_whitelist") + 1] == "file"
    assert "-format_whitelist" in before_input
    assert "-max_pixels" in before_input
