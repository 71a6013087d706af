"""A real browser shows each flash with its click."""

import shutil
from pathlib import Path

import pytest

from browser import evaluated
from conftest import Ffmpeg
from stoker_tools.setup.environment import ROOT
from unit.video.films import outputs_of
from unit.video.flashes import flash_times
from unit.video.late_sounds import APART, SECONDS, Source, constant, late_sound

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("source", [constant, pytest.param(late_sound, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_each_flash_has_its_click(kind: str, source: Source, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [output] = outputs_of(source(ffmpeg), {"kind": kind, "height": 32})
    shutil.copy(Path(__file__).with_name("flashing.html"), tmp_path)
    shutil.copy(ROOT / "node_modules/mediabunny/dist/bundles/mediabunny.mjs", tmp_path)
    seen = evaluated(tmp_path, f"flashing.html?file={output.file.name}", "decoded()")
    expected = flash_times(SECONDS)
    assert seen["flashes"] == pytest.approx(expected, abs=APART)
    heard = [time for time in expected if source is constant or time >= 1.5]
    assert seen["clicks"] == pytest.approx(heard, abs=APART)
