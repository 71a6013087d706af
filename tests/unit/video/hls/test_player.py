"""Sets of HTTP Live Streaming play in hls.js, in a real browser: to their end, in every language."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from browser import evaluated
from conftest import Ffmpeg
from stoker_tools.setup.environment import ROOT
from unit.video.films import outputs_of
from unit.video.hls.languages import Source, sound_alone, two_languages

pytestmark = pytest.mark.slow


def played(folder: Path, playlist: str) -> dict[str, Any]:
    """Play a set in a browser, and return the measurements."""
    shutil.copy(Path(__file__).with_name("playing.html"), folder)
    shutil.copy(ROOT / "node_modules/hls.js/dist/hls.min.js", folder / "hls.js")
    seen: dict[str, Any] = evaluated(folder, f"playing.html?playlist={playlist}", "play()")
    return seen


@pytest.mark.parametrize(
    ("source", "levels", "languages", "seconds"),
    [
        (
            two_languages,
            [[106, 60, "25.000"], [160, 90, "25.000"]],
            [["de", "de", True], ["en", "en", False]],
            8,
        ),
        pytest.param(sound_alone, [[0, 0, None]], [["und", "audio", True]], 14, marks=pytest.mark.soak),
    ],
)
def test_a_set_plays_to_its_end(
    ffmpeg: Ffmpeg, tmp_path: Path, source: Source, levels: object, languages: object, seconds: float
) -> None:
    (tmp_path / "captions").write_text("WEBVTT\n\n00:01.000 --> 00:02.500\nGood & new.\n")
    wanted = {"kind": "hls", "resolutions": [90, 60]}
    [hls, _] = outputs_of(source(ffmpeg), wanted, captions={"source": "public/words.vtt"})
    seen = played(tmp_path, hls.file.name)
    assert seen["errors"] == []
    assert (seen["levels"], seen["languages"], seen["subtitles"]) == (levels, languages, ["und"])
    assert seen["words"] == [[1, 2.5, "Good & new."]]
    assert seen["duration"] == pytest.approx(seconds, abs=0.1)
    assert seen["ended"] == pytest.approx(seconds, abs=0.1)
    assert seen["soundBytes"] > 0
    assert (seen["pictureBytes"] > 0) == (source is two_languages)
