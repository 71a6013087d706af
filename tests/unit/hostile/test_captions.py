"""Captions that mean harm: they are refused, or become plain text."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from unit.hostile.files import LINUX, refused, small
from unit.video.films import outputs_of

pytestmark = LINUX

CUE = "00:00.000 --> 00:01.000\n{}\n\n"


@pytest.mark.parametrize(
    "cues",
    [
        CUE.format("x" * 1_000_000),
        CUE.format("&" * 1_900_000),
        "-->" * 600_000,
        CUE.format("x") * 10_001,
        "٠٠:٠٠.٠٠٠ --> 00:01.000\nx\n",
        "00:00.000 --> 00:61.000\nx\n",
    ],
    ids=["a megabyte", "ampersands", "arrows", "too many", "other digits", "no time"],
)
def test_captions_beyond_bounds_are_refused(ffmpeg: Ffmpeg, tmp_path: Path, cues: str) -> None:
    (tmp_path / "captions").write_text(f"WEBVTT\n\n{cues}")
    assert isinstance(refused(small(ffmpeg), captions={"source": "public/c.vtt"}), UnsupportedMedia)


@pytest.mark.parametrize(
    "cues",
    [
        CUE.format("<script>alert(1)</script>&lt;img src=x onerror=alert(1)&gt; --&gt; &#x3c;b>"),
        CUE.format("{\\an8\\fs9999\\p1}m 0 0 l 99 99{\\fnArial}\\N\\h{\\t(0,1,\\fscx99999)}"),
        CUE.format(f"&#{'9' * 5000}; &#x{'f' * 5000}; &#0; &#xd800;"),
        CUE.format("<" * 1_900_000),
        " \n" * 600_000,
        "".join(CUE.format("word " * 190) for _ in range(1900)),
        "00:00.900 --> 00:00.100\nx\n\n00:00.000 --> 9999:00:00.000\ny\n",
        CUE.format("a" + "\u0301" * 990 + "\u202e\ufdfa\u200d"),
    ],
    ids=["scripts", "overrides", "numbers", "brackets", "blank lines", "all at once", "backwards", "marks"],
)
def test_hostile_captions_become_plain_ones(ffmpeg: Ffmpeg, tmp_path: Path, cues: str) -> None:
    (tmp_path / "captions").write_text(f"WEBVTT\n\n{cues}", encoding="utf-8")
    captions = {"source": "public/c.vtt", "burnIn": True}
    mp4, track = outputs_of(small(ffmpeg), {"kind": "mp4"}, captions=captions)
    assert mp4.duration_seconds == pytest.approx(1, abs=0.1)
    text = (tmp_path / track.file.name).read_text(encoding="utf-8")
    assert "<" not in text
    assert text.count("-->") <= 2000
    style = (tmp_path / "captions.ass").read_text(encoding="utf-8").partition("[Events]")[2]
    assert not {"{", "}"} & set(style)
    assert set(style.split("\\")[1:]) == set() or all(part.startswith("N") for part in style.split("\\")[1:])
