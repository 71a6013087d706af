"""A film's colours are read from its tags. The test tries all tags that ffmpeg has."""

import random
import subprocess
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.probe.probe import Colours, Prober, VideoStream
from stoker.sandbox.ffmpeg import ffmpeg_path
from stoker.video.picture.colours import (
    HLG,
    LINEAR,
    MATRICES,
    PQ,
    PRIMARIES,
    UNSCALED,
    colours_allow_copy,
    guess_warnings,
    output_colours,
    source_colours,
    tag_colours,
    to_sdr,
)
from unit.video.films import outputs_of

HD = VideoStream(0, "h264", 1280, 720, True, 25, 60)
SD = replace(HD, width=640, height=360)
TURNED = replace(HD, width=360, height=640, rotation=90)
RGB = replace(SD, pixel_format="gbrp")

RESERVED = (23, 100, 255)
TAGS = [*product((*range(23), *RESERVED), (*range(19), *RESERVED), (*range(15), *RESERVED))]
"""Every value of ITU-T H.273 for primaries, transfer and matrix, with the reserved values and some larger ones."""

MADE = {Colours(primaries, other, other, False) for primaries in (1, 6) for other in (1, 6)}
"""The colours of films that are made: BT.709 and BT.601, each with the primaries of either."""


def with_tags(video: VideoStream, primaries: int, transfer: int, matrix: int, full: bool | None = None) -> VideoStream:
    return replace(video, colours=Colours(primaries, transfer, matrix, full))


@pytest.mark.parametrize("video", [HD, SD, TURNED, RGB], ids=["HD", "SD", "turned", "RGB"])
def test_any_tags_are_read_as_colours_that_can_be_converted(video: VideoStream) -> None:
    for tags in TAGS:
        film = with_tags(video, *tags)
        known, wanted = source_colours(film), output_colours(film)
        assert known.primaries in PRIMARIES
        assert known.transfer in (1, LINEAR, PQ, HLG)
        assert known.matrix == 0 if video is RGB else known.matrix in (*MATRICES, *UNSCALED)
        assert known.full_range == (video is RGB)
        assert wanted in MADE
        assert to_sdr(film)[-1].startswith("setparams=")
        assert not (colours_allow_copy(film) and guess_warnings(film, "film"))


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        (HD, Colours(1, 1, 1, False)),
        (SD, Colours(6, 1, 6, False)),
        (TURNED, Colours(6, 1, 6, False)),
        (replace(HD, width=720, height=1280, rotation=270), Colours(1, 1, 1, False)),
        (replace(HD, width=1280, height=544), Colours(6, 1, 6, False)),
        (replace(HD, pixel_format="yuvj420p"), Colours(6, 1, 6, True)),
        (with_tags(HD, 2, 2, 2, full=True), Colours(6, 1, 6, True)),
        (with_tags(HD, 1, 1, 1, full=True), Colours(1, 1, 1, True)),
        (with_tags(HD, 2, 2, 6), Colours(6, 1, 6, False)),
        (with_tags(SD, 2, 2, 1), Colours(1, 1, 1, False)),
        (with_tags(SD, 1, 2, 2), Colours(1, 1, 1, False)),
        (with_tags(SD, 2, 16, 2), Colours(9, 16, 9, False)),
        (with_tags(SD, 2, 18, 2), Colours(9, 18, 9, False)),
        (with_tags(SD, 12, 16, 2), Colours(12, 16, 9, False)),
        (with_tags(SD, 2, 2, 9), Colours(9, 1, 9, False)),
        (with_tags(SD, 9, 2, 2), Colours(9, 1, 9, False)),
        (with_tags(SD, 9, 16, 14), Colours(9, 16, 14, False)),
        (with_tags(SD, 1, 18, 14), Colours(9, 18, 14, False)),
        (with_tags(SD, 1, 1, 8), Colours(1, 1, 8, False)),
        (with_tags(SD, 2, 2, 14), Colours(6, 1, 6, False)),
        (with_tags(HD, 1, 1, 0), Colours(1, 1, 1, False)),
        (with_tags(RGB, 2, 2, 2), Colours(1, 1, 0, True)),
        (with_tags(replace(HD, codec="vp8"), 2, 2, 5), Colours(1, 1, 1, False)),
        (with_tags(replace(SD, codec="vp8"), 2, 2, 5), Colours(6, 1, 6, False)),
    ],
)
def test_the_colours_of_a_film_are_those_of_its_tags_or_else_of_its_size(video: VideoStream, expected: Colours) -> None:
    assert source_colours(video) == expected


@pytest.mark.parametrize(
    ("video", "work"),
    [
        (with_tags(HD, 1, 1, 1), 0),
        (with_tags(replace(HD, pixel_format="yuv420p10le", bit_depth=10), 1, 1, 1), 0),
        (HD, 0),
        (SD, 0),
        (with_tags(SD, 5, 6, 5), 0),
        (with_tags(SD, 6, 6, 6), 0),
        (with_tags(HD, 6, 6, 6), 1),
        (with_tags(SD, 6, 6, 6, full=True), 1),
        (RGB, 1),
    ],
)
def test_what_players_show_already_is_tagged_and_not_converted(video: VideoStream, work: int) -> None:
    assert len([part for part in to_sdr(video) if part.partition("=")[0] not in ("format", "setparams")]) == work


@pytest.mark.parametrize(
    ("video", "warned"),
    [
        (HD, False),
        (SD, False),
        (RGB, False),
        (with_tags(HD, 0, 0, 2), False),
        (with_tags(HD, 2, 2, 1), False),
        (with_tags(HD, 9, 16, 9), False),
        (with_tags(HD, 9, 14, 9), False),
        (with_tags(HD, 9, 16, 14), False),
        (with_tags(HD, 12, 1, 1), False),
        (with_tags(RGB, 9, 14, 0), False),
        (with_tags(HD, 2, 16, 2), True),
        (with_tags(HD, 9, 16, 2), True),
        (with_tags(HD, 2, 18, 9), True),
        (with_tags(HD, 2, 2, 9), True),
        (with_tags(HD, 2, 2, 14), True),
        (with_tags(HD, 1, 1, 0), True),
        (with_tags(HD, 1, 1, 11), True),
        (with_tags(HD, 1, 3, 1), True),
        (with_tags(HD, 200, 1, 1), True),
        (with_tags(HD, 9, 14, 10), True),
        (with_tags(HD, 1, 16, 14), True),
    ],
)
def test_a_guess_is_named_where_it_is_not_the_usual_one(video: VideoStream, warned: bool) -> None:
    warnings = guess_warnings(video, "film.mp4")
    assert [warning.code for warning in warnings] == ["colours-guessed"] * warned
    assert all("'film.mp4'" in warning.message for warning in warnings)


@pytest.mark.parametrize(
    ("video", "copied"),
    [
        (HD, True),
        (SD, True),
        (with_tags(HD, 1, 1, 1), True),
        (with_tags(SD, 1, 1, 1), True),
        (with_tags(HD, 2, 2, 1), True),
        (with_tags(SD, 5, 6, 5), True),
        (with_tags(HD, 6, 6, 6), True),
        (with_tags(SD, 2, 2, 1), False),
        (with_tags(HD, 2, 2, 6), False),
        (with_tags(HD, 1, 1, 1, full=True), False),
        (with_tags(HD, 9, 14, 9), False),
        (with_tags(HD, 9, 16, 9), False),
        (with_tags(HD, 12, 1, 1), False),
        (with_tags(SD, 7, 7, 7), False),
        (with_tags(SD, 1, 1, 8), False),
        (with_tags(HD, 1, 1, 0), False),
    ],
)
def test_a_stream_is_copied_where_players_read_it_as_the_encoder_would(video: VideoStream, copied: bool) -> None:
    assert colours_allow_copy(video) == copied


SAMPLE = [(2, 16, 2), (2, 18, 2), (2, 2, 14), (9, 16, 14), (1, 1, 0), (22, 17, 13), (255, 255, 255)]
GREY = "color=gray:size=64x48:rate=5:duration=0.4,format=yuv420p"


def tagged(ffmpeg: Ffmpeg, tags: tuple[int, int, int], codec: str) -> Path:
    """A grey film of 8 or 10 bits whose stream has tags."""
    primaries, transfer, matrix = tags
    with_tags = f"colour_primaries={primaries}:transfer_characteristics={transfer}:matrix_coefficients={matrix}"
    options = {
        "h264": ("-c:v", "libx264", "-preset", "ultrafast"),
        "hevc": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    }[codec[:4]]
    pixels = ("-pix_fmt", "yuv420p10le" if codec.endswith("10") else "yuv420p")
    bare = ffmpeg(f"bare-{codec}.mkv", "-f", "lavfi", "-i", GREY, *options, *pixels)
    return ffmpeg("tagged.mkv", "-i", str(bare), "-c", "copy", "-bsf:v", f"{codec[:4]}_metadata={with_tags}")


def check_completes(ffmpeg: Ffmpeg, tags: tuple[int, int, int], codec: str) -> None:
    source = tagged(ffmpeg, tags, codec)
    outputs_of(source, {"kind": "mp4", "height": 40}, {"kind": "poster"})
    with Prober() as prober:
        video = prober.probe(source.with_name("video-40p.mp4")).video
    assert video is not None
    assert video.colours in MADE


@pytest.mark.parametrize("codec", ["h264", "hevc10"])
@pytest.mark.parametrize("tags", SAMPLE)
@pytest.mark.slow
def test_no_tags_fail_a_job(ffmpeg: Ffmpeg, tags: tuple[int, int, int], codec: str) -> None:
    check_completes(ffmpeg, tags, codec)


PIXELS = (
    "yuv420p",
    "yuv420p10le",
    "yuvj420p",
    "yuv422p10le",
    "yuva444p10le",
    "gbrp",
    "rgb24",
    "gray",
    "nv12",
    "uyvy422",
)
SCALE = "scale=40:30:flags=lanczos,setsar=1"


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("pixels", PIXELS)
def test_ffmpeg_takes_the_filters_of_all_tags(pixels: str) -> None:
    films = [with_tags(replace(SD, pixel_format=pixels), *tags, full=full) for tags in TAGS for full in (False, True)]
    refused = {}
    for filters in {(tag_colours(film), SCALE, *to_sdr(film)) for film in films}:
        source = f"color=gray:size=64x48:rate=5:duration=0.2,format={pixels}"
        command = [ffmpeg_path(), "-loglevel", "error", "-f", "lavfi", "-i", source, "-vf", ",".join(filters)]
        done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=False)
        if done.returncode:
            refused[filters] = done.stderr
    assert refused == {}


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("codec", ["h264", "h264-10", "hevc", "hevc10"])
def test_no_tags_of_all_fail_a_job(ffmpeg: Ffmpeg, codec: str) -> None:
    for tags in random.Random(codec).sample(TAGS, 200):
        check_completes(ffmpeg, tags, codec)
