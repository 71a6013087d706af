"""The waveform of a sound: its peaks as JSON, and drawn."""

import json
from pathlib import Path

import pytest

from conftest import Ffmpeg
from unit.video.films import made_picture, outputs_of


def loud_then_quiet(ffmpeg: Ffmpeg) -> Path:
    """Half of full scale for a second, a tenth of it for the next, and silence after."""
    levels = "aevalsrc='sin(2*PI*440*t)*if(lt(t,1),0.5,if(lt(t,2),0.1,0))':sample_rate=48000:duration=3"
    return ffmpeg("levels.wav", "-f", "lavfi", "-i", levels)


def test_a_waveform_is_that_of_the_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [waveform] = outputs_of(loud_then_quiet(ffmpeg), {"kind": "waveform"})
    data = json.loads((tmp_path / waveform.file.name).read_text())
    assert len(data["data"]) == 2 * data["length"]
    a_second = data["sample_rate"] / data["samples_per_pixel"]
    assert data["length"] == pytest.approx(3 * a_second, abs=1)
    for second, level in ((0, 64), (1, 13), (2, 0)):
        inside = slice(2 * round((second + 0.1) * a_second), 2 * round((second + 0.9) * a_second))
        assert min(data["data"][inside]) == pytest.approx(-level, abs=1)
        assert max(data["data"][inside]) == pytest.approx(level, abs=1)
    width, height, grey = made_picture(tmp_path / waveform.parts[0].name)
    assert (width, height) == (waveform.width, waveform.height) == (1800, 280)
    lit = [sum(grey[row * width + column] != grey[0] for row in range(height)) for column in (300, 900, 1500)]
    assert lit == pytest.approx([140, 28, 1], abs=3)
