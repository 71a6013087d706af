"""Captions in the picture: a script is drawn if one of our fonts has it, and missing characters are reported."""

from pathlib import Path

import pytest
from PIL import Image

from conftest import Ffmpeg
from stoker.captions.webvtt import Cue
from stoker.models.video import VideoInput
from stoker.models.warnings import OutputWarning
from stoker.probe.probe import Prober
from stoker.video.picture.fonts import FONTS, characters
from stoker.video.picture.substation import fonts_for, missing_glyphs, to_substation
from stoker.video.source.fetching import open_film
from stoker.video.worker import make_outputs, wanted_outputs
from unit.runs import Run
from unit.video.films import film

SHOWN = {
    "Latin": "Zażółć gęślą jaźń – Straße, Đây là tiếng Việt",
    "Greek": "Καλημέρα κόσμε",
    "Cyrillic": "Доброе утро, їжак",
    "Japanese": "これは日本語の字幕です。カタカナ",
    "Chinese, simplified": "这是中文字幕，你好！",
    "Chinese, traditional": "這是中文字幕，你好！",
    "Korean": "한국어 자막입니다.",
    "two scripts": "Zażółć\n這是中文字幕",
}
MISSING = {
    "Thai": "สวัสดี",
    "Devanagari": "नमस्ते",
    "Arabic": "مرحبا",
    "Hebrew": "שלום",
    "emoji": "😀",
}
SPACES_AND_JOINERS = "a b\u00a0c\u3000d\ne\u200d\u200c\u200e\ufe0f"


@pytest.mark.parametrize("text", [*SHOWN.values(), SPACES_AND_JOINERS], ids=[*SHOWN, "spaces and joiners"])
def test_what_a_font_has_is_not_missing(text: str) -> None:
    assert missing_glyphs([Cue(0, 1, text)], "a.vtt") == ()


@pytest.mark.parametrize("text", MISSING.values(), ids=MISSING)
def test_characters_without_a_font_are_reported_and_left_out(text: str) -> None:
    cue = Cue(0, 1, f"Hello {text}.")
    [warning] = missing_glyphs([cue], "a.vtt")
    assert warning.code == "missing-glyphs"
    assert warning.message.startswith(f"{len(text)} character")
    assert all(letter in warning.message for letter in text)
    assert to_substation([cue]).endswith(",Default,Hello .\n")


def test_a_warning_shows_the_first_few_characters() -> None:
    [warning] = missing_glyphs([Cue(0, 1, "กขคฆงจฉชซฌ" * 3)], "a.vtt")
    assert warning == OutputWarning(
        code="missing-glyphs",
        message="30 characters are left out of the picture, because no font here has them: "
        "ก ข ค ฆ ง จ ฉ ช … (in 'a.vtt')",
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello.", "Default,Hello."),
        ("你好 OK", "East,你好 OK"),
        ("你好\nHello", r"East,你好\N{\rDefault}Hello"),
        ("łódź 你好", r"Default,łódź {\rEast}你好"),
        ("\\N{\\an8}", "Default,/N(/an8)"),
        ("", "Default,"),
    ],
)
def test_a_style_names_the_font_that_has_the_text(text: str, line: str) -> None:
    assert to_substation([Cue(0, 1, text)]).splitlines()[-1].split("00,", 2)[2] == line


@pytest.mark.parametrize(
    ("text", "language"), [("你好", "zh"), ("今日は", "ja"), ("한국어 漢字", "ko"), ("Hello", "en")]
)
def test_shared_characters_have_the_form_of_the_language(text: str, language: str) -> None:
    assert f"Language: {language}\n" in to_substation([Cue(0, 1, text)])


def test_the_large_font_is_left_behind_where_nothing_needs_it() -> None:
    assert fonts_for([Cue(0, 1, "Hello")]) == [FONTS[0]]
    assert fonts_for([Cue(0, 1, "你好")]) == list(FONTS)


def test_the_characters_of_a_font_are_read_from_its_tables() -> None:
    latin, east = (characters(font) for font in FONTS)
    assert {ord(letter) for letter in "aßłЖω"} <= latin
    assert not {ord(letter) for letter in "你かก\n"} & latin
    assert {ord(letter) for letter in "你這这か한a"} <= east


def burnt(ffmpeg: Ffmpeg, folder: Path, text: str) -> tuple[bytes, tuple[OutputWarning, ...]]:
    """The lower half of a poster with a text, in black and white, and the warnings."""
    black = ("-f", "lavfi", "-i", "color=black:s=640x360:r=5:d=1")
    source = ffmpeg("black.mp4", *black, "-c:v", "libx264", "-preset", "ultrafast")
    (folder / "captions").write_text(f"WEBVTT\n\n00:00.000 --> 00:02.000\n{text}\n", encoding="utf-8")
    source.rename(folder / "source")
    asked = {"source": "public/a.mp4", "outputs": [{"kind": "poster", "at": 0}]}
    video_input = VideoInput.from_firestore({**asked, "captions": {"source": "public/a.vtt", "burnIn": True}})
    with Prober() as prober:
        opening = open_film(video_input, folder, prober)
        wanted = wanted_outputs(video_input)
        made = make_outputs(Run(folder), prober, opening, "a.mp4", wanted)  # type: ignore[arg-type] # A stand-in.
    with Image.open(folder / made[0].file.name) as picture:
        return picture.convert("L").crop((0, 180, 640, 360)).point(lambda level: 255 * (level > 128)).tobytes(), (
            opening.warnings
        )


@pytest.mark.slow
def test_east_asian_captions_are_drawn_letter_by_letter(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    # Boxes, and blanks, look the same for every text of the same length.
    texts = ("這是中文", "日本語の", "한국어는")
    pictures = [burnt(ffmpeg, tmp_path, text) for text in texts]
    assert all(warnings == () for _, warnings in pictures)
    drawn = [picture for picture, _ in pictures]
    assert len({*drawn}) == len(texts)
    assert all(picture.count(255) > 100 for picture in drawn)


def test_a_line_without_spaces_is_broken(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    picture, _ = burnt(ffmpeg, tmp_path, "字幕" * 24)
    lit = [any(picture[row * 640 : (row + 1) * 640]) for row in range(180)]
    assert sum(lit) > 25  # more than one line
    assert not any(picture[row * 640] or picture[row * 640 + 639] for row in range(180))


def test_what_is_left_out_of_the_picture_is_in_the_warnings(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    picture, [warning] = burnt(ffmpeg, tmp_path, "สวัสดี")
    assert warning.code == "missing-glyphs"
    assert not any(picture)


def test_bad_cues_are_in_the_warnings(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    film(ffmpeg).rename(tmp_path / "source")
    (tmp_path / "captions").write_text("WEBVTT\n00:00.000 --> 00:01.000\ngood\nxx --> yy\nbad\n")
    video_input = VideoInput.from_firestore({"source": "public/a.mp4", "captions": {"source": "public/a.vtt"}})
    with Prober() as prober:
        found = open_film(video_input, tmp_path, prober)
    assert [cue.text for cue in found.cues] == ["good"]
    assert [(warning.code, "line 4" in warning.message) for warning in found.warnings] == [("bad-cues", True)]
