"""Odd films: each becomes the outputs that were asked for, or fails for a reason of its own."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import TruncatedMedia, UnsupportedMedia
from unit.video.films import (
    H264,
    PICTURE,
    SOUND,
    Source,
    film,
    fragmented,
    longer_captions,
    longer_sound,
    made,
    odd_size,
    one_frame,
    recorded_live,
    second_track,
    sound_alone,
    transport_stream,
    turned,
    variable_rate,
    without_sound,
    without_tags,
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "seconds", "size"),
    [
        (film, 3, (320, 180)),
        (without_sound, 3, (320, 180)),
        (turned, 3, (180, 320)),
        (odd_size, 3, (318, 178)),
        (variable_rate, 3, (320, 180)),
        (longer_sound, 5, (320, 180)),
        (second_track, 3, (320, 180)),
        (longer_captions, 3, (320, 180)),
        (without_tags, 3, (320, 180)),
        (transport_stream, 3, (320, 180)),
        (fragmented, 3, (320, 180)),
        (recorded_live, 3, (320, 180)),
        (one_frame, 0.04, (320, 180)),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
def test_an_odd_film_plays(ffmpeg: Ffmpeg, source: Source, seconds: float, size: tuple[int, int]) -> None:
    mp4, poster = made(source(ffmpeg))
    assert mp4.duration_seconds == pytest.approx(seconds, abs=0.15)
    for info in (mp4, poster):
        assert info.video is not None
        assert (info.video.width, info.video.height) == size


def joined_streams(ffmpeg: Ffmpeg) -> Path:
    part = transport_stream(ffmpeg).read_bytes()
    joined = transport_stream(ffmpeg).with_name("joined.ts")
    joined.write_bytes(part * 3)
    return joined


@pytest.mark.slow
def test_more_than_the_header_says_is_not_cut(ffmpeg: Ffmpeg) -> None:
    [mp4] = made(joined_streams(ffmpeg), {"kind": "mp4"})
    assert mp4.duration_seconds == pytest.approx(9, abs=0.5)


def test_a_matroska_file_that_is_cut_off_is_truncated(ffmpeg: Ffmpeg) -> None:
    whole = ffmpeg("whole.mkv", *PICTURE, *SOUND, *H264, "-fflags", "+bitexact")
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    with pytest.raises(TruncatedMedia):
        made(whole)


def test_a_sound_track_that_nobody_can_decode_is_left_out(ffmpeg: Ffmpeg) -> None:
    source = ffmpeg("film.mkv", *PICTURE, *SOUND, *H264, "-c:a", "aac")
    source.write_bytes(source.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    [mp4] = made(source, {"kind": "mp4"})
    assert mp4.video is not None
    assert mp4.audio is None


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [(without_sound, "audio", "holds no sound"), (sound_alone, "mp4", "holds no picture")],
)
def test_what_a_source_does_not_hold_can_not_come_out(ffmpeg: Ffmpeg, source: Source, kind: str, message: str) -> None:
    with pytest.raises(UnsupportedMedia, match=message):
        made(source(ffmpeg), {"kind": kind})
