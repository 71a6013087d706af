"""Captions of a user: given back as plain text, burnt in, and named by a playlist."""

from pathlib import Path

import av
import pytest

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from unit.video.films import HLS, black, film, made_picture, outputs_of

WEBVTT = """WEBVTT

NOTE nothing of this is shown

STYLE
::cue { color: red }

one
00:00.500 --> 00:01.500 align:start
<v Ada>Good & <i>bad</i>

00:02.500 --> 00:03.500
{\\an8}and on
"""


def test_captions_are_given_back_as_plain_text_and_follow_the_trim(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text(WEBVTT)
    captions = {"source": "public/words.vtt"}
    [_, track] = outputs_of(black(ffmpeg), {"kind": "poster"}, captions=captions, trim={"start": 1, "end": 3})
    assert (tmp_path / track.file.name).read_text() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\nGood &amp; bad\n\n00:00:01.500 --> 00:00:02.000\n{\\an8}and on\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("burn_in", [True, False])
def test_captions_are_burnt_in_where_they_are_to_be(ffmpeg: Ffmpeg, tmp_path: Path, burn_in: bool) -> None:
    (tmp_path / "captions").write_text(WEBVTT)
    wanted = [{"kind": "poster", "at": at} for at in (0.1, 1, 2, 3)]
    captions = {"source": "public/words.vtt", "burnIn": burn_in}
    for outputs in (wanted, [*wanted, {"kind": "mp4"}]):
        posters = outputs_of(black(ffmpeg), *outputs, captions=captions)[:4]
        lit = []
        for poster in posters:
            width, _, grey = made_picture(tmp_path / poster.file.name)
            lit.append(any(level > 150 for level in grey[120 * width :]))
            assert all(level < 60 for level in grey[: 90 * width])  # the user's own orders to the renderer are none
        assert lit == [False, burn_in, False, burn_in]


@pytest.mark.slow
def test_a_playlist_names_the_captions(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text(WEBVTT)
    [hls, _] = outputs_of(film(ffmpeg), HLS, captions={"source": "public/words.vtt"})
    assert (tmp_path / "hls-captions.vtt").exists()
    assert {part.name for part in hls.parts} >= {"hls-captions.m3u8", "hls-captions.vtt"}
    with av.open(str(tmp_path / hls.file.name), format="hls") as container:
        assert [stream.type for stream in container.streams].count("video") == 3
    master = (tmp_path / hls.file.name).read_text()
    assert master.count('SUBTITLES="captions"') == 3


def test_captions_of_subrip_are_read(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text("1\n00:00:01,000 --> 00:00:02,000\nSubRip\n")
    [_, track] = outputs_of(black(ffmpeg), {"kind": "poster"}, captions={"source": "public/words.srt"})
    assert (tmp_path / track.file.name).read_text() == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSubRip\n"


def test_captions_that_are_none_are_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "captions").write_text("{0}{25}MicroDVD\n")
    with pytest.raises(UnsupportedMedia, match=r"public/words\.sub.*WEBVTT.*SubRip"):
        outputs_of(black(ffmpeg), captions={"source": "public/words.sub"})
