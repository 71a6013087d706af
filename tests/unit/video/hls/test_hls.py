"""Sets of HTTP Live Streaming keep to Apple's rules, and describe themselves as another packager does."""

import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import Ffmpeg, missing
from stoker.probe.probe import AudioStream, MediaInfo, Prober
from stoker.video.hls.master import Rendition, master_playlist
from stoker.video.hls.segments import Rates
from stoker.video.hls.sounds import chosen_sounds
from stoker_tools.setup.environment import ROOT
from unit.video.films import outputs_of
from unit.video.hls.apple_rules import attributes, broken_rules, opened_set
from unit.video.hls.languages import H264, Source, pictures, sound_alone, sounds, two_languages

PACKAGER = ROOT / "node_modules/shaka-packager/bin/packager-linux-x64"
SET = {"kind": "hls", "resolutions": [90, 60]}


def upright(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("upright.mp4", *pictures("90x160", "30000/1001", 7), *H264)


def variable_rate(ffmpeg: Ffmpeg) -> Path:
    chosen = ("-vf", "select='not(mod(n\\,3))+gt(t\\,3.5)'", "-fps_mode", "vfr")
    return ffmpeg("variable.mkv", *pictures(), *sounds("und"), *chosen, *H264)


def long_still(ffmpeg: Ffmpeg) -> Path:
    chosen = ("-vf", "select='lt(t,1)+gt(t,11)'", "-fps_mode", "vfr")
    return ffmpeg("still.mkv", *pictures(seconds=13), *sounds("fre", seconds=13), *chosen, *H264)


def short(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("short.mp4", *pictures(seconds=1), *sounds("eng", seconds=1), *H264)


@pytest.mark.slow
@pytest.mark.parametrize("source", [two_languages, upright, variable_rate, long_still, short, sound_alone])
def test_a_set_keeps_to_the_rules(ffmpeg: Ffmpeg, tmp_path: Path, source: Source) -> None:
    (tmp_path / "captions").write_text("WEBVTT\n\n00:00.100 --> 00:00.900\nGood.\n")
    [hls, _] = outputs_of(source(ffmpeg), SET, captions={"source": "public/words.vtt"})
    assert broken_rules(tmp_path / hls.file.name) == []
    made = {file.name for file in (hls.file, *hls.parts)}
    assert {file.name for file in tmp_path.glob("hls*")} == made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "rate"),
    [
        ("320x180", "25"),
        ("180x320", "24000/1001"),
        *(
            pytest.param(size, rate, marks=pytest.mark.soak)
            for size, rate in (
                *(("32x18", "12"), ("426x240", "15"), ("640x360", "60"), ("854x480", "24"), ("960x540", "50")),
                *(("1280x720", "30000/1001"), ("1280x720", "60"), ("1920x1080", "30"), ("1080x1920", "30")),
                *(("1920x1080", "60"), ("2560x1440", "30"), ("3840x2160", "25")),
            )
        ),
    ],
)
def test_codecs_and_sizes_are_those_that_another_packager_finds(
    ffmpeg: Ffmpeg, tmp_path: Path, size: str, rate: str
) -> None:
    if not PACKAGER.exists():
        missing("shaka-packager")
    source = ffmpeg("film.mp4", *pictures(size, rate, 2), *sounds("eng", seconds=2), *H264)
    outputs_of(source, {"kind": "hls", "resolutions": [4320, 720, 16]})
    found = opened_set(tmp_path / "hls.m3u8")
    packager = tmp_path / "packager"
    shutil.copy(PACKAGER, packager)
    packager.chmod(0o755)
    for given, one in found.variants:
        streams = [("video", one.parts[0].file), ("audio", "hls-audio.m4s")]
        wanted = [f"in={name},stream={kind},output=packed-{kind}.mp4" for kind, name in streams]
        command = [str(packager), *wanted, "--hls_master_playlist_output", "packed.m3u8", "--quiet"]
        subprocess.run(command, cwd=tmp_path, check=True)
        lines = (tmp_path / "packed.m3u8").read_text().splitlines()
        [other] = [attributes(line) for line in lines if line.startswith("#EXT-X-STREAM-INF")]
        assert (given["CODECS"], given["RESOLUTION"]) == (other["CODECS"], other["RESOLUTION"])
        # It takes the first frame's duration, of whole units, for that of all.
        assert float(given["FRAME-RATE"]) == pytest.approx(float(other["FRAME-RATE"]), abs=0.01)


@pytest.mark.slow
def test_each_language_is_a_rendition(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    languages = ("ger", "eng", "deu", "und", "fre")
    source = ffmpeg("many.mkv", *pictures(seconds=2), *sounds(*languages, seconds=2), *H264)
    outputs_of(source, SET)
    group = [given for given, _ in opened_set(tmp_path / "hls.m3u8").of_type("AUDIO")]
    assert [(given["LANGUAGE"], given["DEFAULT"]) for given in group] == [("de", "YES"), ("en", "NO"), ("fr", "NO")]
    for given, hertz in zip(group, (300, 600, 1500), strict=True):
        name = given["URI"].replace(".m3u8", ".m4s")
        sound = ffmpeg("sound.raw", "-i", str(tmp_path / name), "-ac", "1", "-f", "s16le").read_bytes()
        signs = [sound[at] >= 128 for at in range(1, len(sound), 2)]
        turns = sum(one != two for one, two in pairwise(signs))
        assert turns / 2 / (len(signs) / 48_000) == pytest.approx(hertz, rel=0.03)


@pytest.mark.slow
def test_all_languages_are_equally_long(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Source: the authoring specification, 2.15."""
    shortened = ("-filter:a:1", "atrim=end=3")
    outputs_of(ffmpeg("uneven.mkv", *pictures(), *sounds("ger", "eng"), *shortened, *H264), SET)
    assert broken_rules(tmp_path / "hls.m3u8") == []


def test_a_language_that_can_not_be_decoded_is_left_out(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    drop = ("-bsf:a:1", "noise=drop=1")
    source = ffmpeg("empty.mkv", *pictures(seconds=2), *sounds("ger", "eng", seconds=2), *drop, *H264)
    outputs_of(source, SET)
    assert [given["LANGUAGE"] for given, _ in opened_set(tmp_path / "hls.m3u8").of_type("AUDIO")] == ["de"]


SOUND = AudioStream(1, "aac", 2, 8)


def test_no_more_languages_than_a_menu_holds() -> None:
    codes = ["deu", "eng", "fra", "spa", "ita", "por", "rus", "jpn", "kor", "zho", "ara"]
    tracks = tuple(replace(SOUND, index=number, language=code) for number, code in enumerate(codes))
    chosen = chosen_sounds(MediaInfo(8, 11, None, tracks[0], sounds=tracks))
    assert [sound.language for sound in chosen] == ["de", "en", "fr", "es", "it", "pt", "ru", "ja"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Director", "Director"),
        ('",URI="http://evil.example/",NAME="x', "',URI='http://evil.example/',NAME='x"),
        ("one\r\n#EXT-X-ENDLIST\n", "one #EXT-X-ENDLIST"),
        ("\u202egnisrever\0", "gnisrever"),
        ("x" * 5000, "x" * 60),
        (" \u200b ", "audio"),
        ("", "de"),
        ("en", "en 2"),
    ],
)
def test_a_title_can_not_change_the_playlist(title: str, name: str) -> None:
    main = replace(SOUND, index=1, language="eng")
    other = replace(SOUND, index=2, language="ger", title=title)
    chosen = chosen_sounds(MediaInfo(8, 2, None, main, sounds=(main, other)))
    tracks = [Rendition(f"{sound.language}.m3u8", sound.name, sound.language, Rates(2, 1)) for sound in chosen]
    lines = master_playlist([], tracks, []).split("\n")
    given = [attributes(line) for line in lines if line.startswith("#EXT-X-MEDIA")]
    assert [one["NAME"] for one in given] == ["en", name]
    assert [one["URI"] for one in given] == ["en.m3u8", "de.m3u8"]
    assert sum(line.startswith("#") for line in lines) == 6


def test_sizes_that_differ_by_a_column_have_files_of_their_own(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = ffmpeg("wide.mp4", *pictures("474x200", "5", 1), *H264)
    [hls] = outputs_of(source, {"kind": "hls", "heights": [160, 161]})
    found = opened_set(tmp_path / hls.file.name)
    assert [given["RESOLUTION"] for given, _ in found.variants] == ["382x160", "380x160"]
    assert broken_rules(tmp_path / hls.file.name) == []


@pytest.mark.parametrize(
    ("rate", "given"),
    [("24000/1001", "23.976"), pytest.param("60000/1001", "59.940", marks=pytest.mark.soak), ("120", "60.000")],
)
def test_the_frame_rate_is_that_of_the_picture(ffmpeg: Ffmpeg, tmp_path: Path, rate: str, given: str) -> None:
    outputs_of(ffmpeg("film.mp4", *pictures("64x36", rate, 3), *H264), {"kind": "hls", "resolutions": [36]})
    assert re.findall(r"FRAME-RATE=([\d.]+)", (tmp_path / "hls.m3u8").read_text()) == [given]


@pytest.mark.slow
def test_sound_alone_is_a_set_of_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [hls] = outputs_of(sound_alone(ffmpeg), {"kind": "hls"})
    assert (hls.width, hls.height) == (None, None)
    assert hls.duration_seconds == pytest.approx(14, abs=0.05)
    [(given, one)] = opened_set(tmp_path / "hls.m3u8").variants
    assert (given["CODECS"], one.name) == ("mp4a.40.2", "hls-audio.m3u8")
    with Prober() as prober:
        info = prober.probe(tmp_path / "hls-audio.m4s")
    assert info.video is None
    assert info.audio is not None
