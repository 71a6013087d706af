"""Subtitles inside a film: text comes out as WebVTT, and pictures are refused with a sentence."""

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from conftest import Ffmpeg
from stoker import config
from stoker.errors import InputTooLarge, UnsupportedMedia
from stoker.models.problems import problems
from stoker.models.video import Captions, VideoInput
from stoker.probe.probe import Prober
from stoker.probe.ranged_source import Remote
from stoker.probe.text_tracks import NoTextTrack, TextTrack, choose_track
from stoker.video.source.embedded import extract
from unit.video.films import HLS, made_picture, outputs_of

pytestmark = pytest.mark.slow

PICTURE = ("-f", "lavfi", "-i", "color=black:s=320x180:r=10:d=4", "-c:v", "libx264", "-preset", "ultrafast")
FROM_SOURCE = {"from": "source"}
SRT = """1
00:00:00,500 --> 00:00:01,500
<i>Good</i> {\\an8}morning & 1 < 2.

2
00:00:02,000 --> 00:00:03,000
two
lines
"""
EXPECTED = [
    ("00:00:00.500 --> 00:00:01.500", "Good morning &amp; 1 &lt; 2."),
    ("00:00:02.000 --> 00:00:03.000", "two\nlines"),
]


def subtitled(ffmpeg: Ffmpeg, name: str, codec: str, texts: Mapping[str, str] | None = None, *options: str) -> Path:
    """A black film with tracks of subtitles, by their languages."""
    folder = ffmpeg("empty.wav", "-f", "lavfi", "-i", "sine=d=0.1").parent
    inputs, maps = [], ["-map", "0:v"]
    for number, (language, text) in enumerate((texts or {"": SRT}).items()):
        file = folder / f"{number}.srt"
        file.write_text(text, encoding="utf-8")
        inputs += ["-i", str(file)]
        maps += ["-map", f"{number + 1}:s", *((f"-metadata:s:s:{number}", f"language={language}") if language else ())]
    picture = PICTURE[:4]
    return ffmpeg(name, *picture, *inputs, *maps, *PICTURE[4:], "-c:s", codec, *options)


def cues_of(folder: Path) -> list[tuple[str, str]]:
    """The times and the text of each cue that came out."""
    blocks = (folder / "captions.vtt").read_text(encoding="utf-8").split("\n\n")[1:]
    return [(times, text.rstrip("\n")) for times, _, text in (block.partition("\n") for block in blocks)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("film.mp4", "mov_text"),
        ("film.mov", "mov_text"),
        ("film.mkv", "subrip"),
        ("film.mkv", "ass"),
        ("film.mkv", "webvtt"),
        ("film.webm", "webvtt"),
    ],
)
def test_text_comes_out_as_webvtt(ffmpeg: Ffmpeg, tmp_path: Path, name: str, codec: str) -> None:
    other = ("-c:v", "libvpx") if name.endswith("webm") else ()
    outputs_of(subtitled(ffmpeg, name, codec, None, *other), {"kind": "poster"}, captions=FROM_SOURCE)
    found = cues_of(tmp_path)
    # ffmpeg's WebVTT encoder writes `<` as it stands, so that the reader takes the rest for a tag.
    assert [times for times, _ in found] == [times for times, _ in EXPECTED]
    assert found[1] == EXPECTED[1]
    if codec != "webvtt":
        assert found == EXPECTED


def test_they_follow_the_trim_and_are_named_by_playlists(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = subtitled(ffmpeg, "film.mkv", "subrip")
    [hls, _] = outputs_of(source, HLS, captions=FROM_SOURCE, trim={"start": 1, "end": 2.5})
    assert [times for times, _ in cues_of(tmp_path)] == [
        "00:00:00.000 --> 00:00:00.500",
        "00:00:01.000 --> 00:00:01.500",
    ]
    assert 'SUBTITLES="captions"' in (tmp_path / hls.file.name).read_text()


def test_they_are_burnt_in(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = subtitled(ffmpeg, "film.mp4", "mov_text")
    wanted = [{"kind": "poster", "at": at} for at in (0.1, 1, 1.8)]
    posters = outputs_of(source, *wanted, captions={**FROM_SOURCE, "burnIn": True})[:3]
    lit = [max(made_picture(tmp_path / poster.file.name)[2]) > 150 for poster in posters]
    assert lit == [False, True, False]


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Hallo."), ("fr-CA", "Salut."), ("ger", "Hallo."), ("EN_us", "Hello."), (None, "Hello.")],
)
def test_a_language_chooses_the_track(ffmpeg: Ffmpeg, tmp_path: Path, language: str | None, text: str) -> None:
    tracks = {tag: f"1\n00:00:01,000 --> 00:00:02,000\n{sentence}\n" for tag, sentence in TRACKS.items()}
    source = subtitled(ffmpeg, "film.mkv", "subrip", tracks)
    asked = FROM_SOURCE | ({"language": language} if language else {})
    outputs_of(source, {"kind": "poster"}, captions=asked)
    assert [text for _, text in cues_of(tmp_path)] == [text]


TRACKS = {"eng": "Hello.", "ger": "Hallo.", "fre": "Salut."}


@pytest.mark.parametrize(
    ("tracks", "language", "index"),
    [
        ([TextTrack(2, "subrip"), TextTrack(3, "ass", default=True)], None, 3),
        ([TextTrack(2, "subrip", forced=True), TextTrack(3, "subrip")], None, 3),
        ([TextTrack(2, "hdmv_pgs_subtitle", "en", default=True), TextTrack(3, "subrip", "en")], "en", 3),
        ([TextTrack(2, "subrip", "pt-BR"), TextTrack(3, "subrip", "pt")], "pt-BR", 2),
        ([TextTrack(2, "subrip", "en", forced=True), TextTrack(3, "subrip", "en")], "en", 3),
    ],
)
def test_the_track_that_a_viewer_would_see_is_chosen(tracks: list[TextTrack], language: str | None, index: int) -> None:
    assert choose_track(tracks, language, str.lower).index == index


@pytest.mark.parametrize(
    ("tracks", "language", "reason"),
    [
        ([], None, "no subtitles inside"),
        ([TextTrack(2, "dvd_subtitle")], None, "pictures, not text"),
        (
            [TextTrack(2, "subrip", "en"), TextTrack(3, "ass")],
            "de",
            "none .* in 'de'; there are: en, without a language",
        ),
    ],
)
def test_missing_subtitles_are_named(tracks: list[TextTrack], language: str | None, reason: str) -> None:
    with pytest.raises(NoTextTrack, match=reason):
        choose_track(tracks, language, str.lower)


def segment(kind: int, content: bytes) -> bytes:
    """A part of the subtitles of a Blu-ray disc. Source: US patent 2009/0185789, figure 7."""
    return struct.pack(">2sIIBH", b"PG", 90_000, 0, kind, len(content)) + content


def test_pictures_are_refused_with_a_sentence(ffmpeg: Ffmpeg) -> None:
    empty = struct.pack(">HHBHBBBB", 320, 180, 0x10, 0, 0x80, 0, 0, 0)
    disc = ffmpeg("empty.wav", "-f", "lavfi", "-i", "sine=d=0.1").with_name("disc.sup")
    disc.write_bytes(segment(0x16, empty) + segment(0x80, b""))
    inputs = (*PICTURE[:4], "-i", str(disc), "-map", "0:v", "-map", "1:s", "-c:s", "copy")
    source = ffmpeg("pictures.mkv", *inputs, *PICTURE[4:])
    with pytest.raises(UnsupportedMedia, match=r"film', but its subtitles are pictures, not text\. Upload a WebVTT"):
        outputs_of(source, {"kind": "poster"}, captions=FROM_SOURCE)


def test_a_film_without_subtitles_is_refused_with_a_sentence(ffmpeg: Ffmpeg) -> None:
    with pytest.raises(UnsupportedMedia, match=r"film', but it has no subtitles inside"):
        outputs_of(ffmpeg("bare.mp4", *PICTURE), {"kind": "poster"}, captions=FROM_SOURCE)


def test_a_film_that_is_read_by_ranges(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    content = subtitled(ffmpeg, "film.mp4", "mov_text").read_bytes()

    class Stored:
        size, path = len(content), "user-uploads/ada/film"

        def read(self, offset: int, length: int) -> bytes:
            return content[offset : offset + length]

    remote = Remote(Stored(), lambda: None)
    with Prober() as prober:
        info = prober.probe(remote)
    extract(Captions.from_firestore(FROM_SOURCE), "film", info, tmp_path, remote)
    assert "two\nlines" in (tmp_path / "captions").read_text()


def test_subtitles_beyond_bounds_are_refused(ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_CAPTIONS_BYTES", 20_000)
    long = "".join(f"{n}\n00:00:{n},000 --> 00:00:{n},500\n{'long ' * 100}\n\n" for n in range(10, 60))
    with pytest.raises(InputTooLarge, match="subtitles inside"):
        outputs_of(subtitled(ffmpeg, "film.mkv", "subrip", {"": long}), {"kind": "poster"}, captions=FROM_SOURCE)


HOSTILE = [
    "--> 00:00:01,000\n00:00:00,000 --> 00:00:03,000\nforged",
    "{\\p1}m 0 0 l 99 99{\\fnArial\\N\\fs9999}",
    "<script>alert(1)</script>&lt;img onerror=x&gt;",
    "<" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=["forged", "overrides", "scripts", "brackets"])
@pytest.mark.parametrize("codec", ["subrip", "ass"])
def test_hostile_subtitles_become_plain_ones(ffmpeg: Ffmpeg, tmp_path: Path, text: str, codec: str) -> None:
    good = "\n\n2\n00:00:02,000 --> 00:00:03,000\ngood\n"
    source = subtitled(ffmpeg, "film.mkv", codec, {"<script>": f"1\n00:00:00,500 --> 00:00:01,500\n{text}{good}"})
    outputs_of(source, {"kind": "poster"}, captions={**FROM_SOURCE, "burnIn": True})
    written = (tmp_path / "captions.vtt").read_text()
    assert "good" in written
    assert "<" not in written
    style = (tmp_path / "captions.ass").read_text(encoding="utf-8").partition("[Events]")[2]
    assert not {"{", "}"} & set(style)


def test_a_cue_that_is_forged_inside_a_text_is_a_cue_at_most(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    events = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:00.50,"
    text = r"x\N00:00:00,000 --> 09:00:00,000\Nforged\N\N<b>tail\N--> --> -->"
    script = ffmpeg("empty.wav", "-f", "lavfi", "-i", "sine=d=0.1").with_name("forged.ass")
    script.write_text(f"[Script Info]\n[Events]\n{events}0:00:01.50,Default,,0,0,0,,{text}\n")
    source = ffmpeg("film.mkv", *PICTURE[:4], "-i", str(script), *PICTURE[4:], "-c:s", "ass")
    outputs_of(source, {"kind": "poster"}, captions=FROM_SOURCE)
    assert [shown for _, shown in cues_of(tmp_path)] == ["forged\ntail", "x"]


@pytest.mark.parametrize(
    ("captions", "sentence"),
    [
        ({"source": "a.vtt", "from": "source"}, "captions.source: there can't be one beside 'from'"),
        ({"language": "de"}, "captions.source: is missing"),
        ({"from": "film"}, "captions.from: must be 'source'"),
        ({"from": "source", "language": "x y"}, "captions.language: must have the form"),
    ],
)
def test_captions_that_can_not_be_asked_for_are_named(captions: dict[str, str], sentence: str) -> None:
    data = {"source": "public/film.mkv", "captions": captions}
    with pytest.raises(ValidationError) as error:
        VideoInput.from_firestore(data)
    assert problems(error.value, data)[0].startswith(sentence)


def test_it_is_stored_as_it_was_written() -> None:
    data = {"from": "source", "language": "de", "burnIn": True}
    assert Captions.from_firestore(data).to_firestore() == data


@pytest.mark.parametrize(
    ("captions", "language"),
    [
        (FROM_SOURCE, "en"),
        ({"source": "public/w.vtt", "language": "pt-BR"}, "pt-BR"),
        ({"source": "public/w.vtt"}, "und"),
    ],
)
def test_a_playlist_names_the_language_of_captions(
    captions: dict[str, str], language: str, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    words = ffmpeg("empty.wav", "-f", "lavfi", "-i", "sine=d=0.1").with_name("words.srt")
    words.write_text("1\n00:00:00,500 --> 00:00:01,000\nHello\n")
    (tmp_path / "captions").write_text("WEBVTT\n\n00:00.500 --> 00:01.000\nHello\n")
    encoded = ("-c:s", "subrip", "-metadata:s:s", "language=eng")
    source = ffmpeg("film.mkv", *PICTURE[:4], "-i", str(words), *PICTURE[4:], *encoded)
    outputs_of(source, {"kind": "hls", "heights": [90]}, captions=captions)
    [line] = [line for line in (tmp_path / "hls.m3u8").read_text().splitlines() if "TYPE=SUBTITLES" in line]
    assert f'LANGUAGE="{language}"' in line
