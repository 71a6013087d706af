"""The meter passes the signals of EBU Tech 3341 (2023), table 1, that are tones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from conftest import Ffmpeg
from stoker.video.sound.loudness import INTEGRATED, METER, PEAK, MeasuredLoudness, read_loudness
from unit.video.films import outputs_of

RATE = 48_000
FADE_SECONDS = 0.1


def decibels(level: float) -> float:
    return float(10 ** (level / 20))


def tone(channels: Sequence[Sequence[tuple[float, float]]]) -> np.ndarray:
    """1 kHz, in each channel of some levels (dBFS) for some seconds each."""
    return np.stack(
        [
            np.concatenate(
                [decibels(level) * np.sin(2000 * np.pi * np.arange(round(s * RATE)) / RATE) for level, s in parts]
            )
            for parts in channels
        ],
        axis=1,
    )


def peak(share: float, degrees: float, level: float) -> np.ndarray:
    """A sine at a share of the sample rate, whose peaks lie between the samples, with fades."""
    time = np.arange(RATE)
    wave = level * np.sin(2 * np.pi * share * time + np.deg2rad(degrees))
    return faded(np.repeat(wave[:, None], 2, axis=1))


def faded(samples: np.ndarray) -> np.ndarray:
    """The same, with a fade in and a fade out. A sudden start has peaks of its own."""
    time = np.arange(len(samples))
    return samples * np.minimum(1, np.minimum(time, time[::-1]) / (FADE_SECONDS * RATE))[:, None]


def heard(samples: np.ndarray, ffmpeg: Ffmpeg) -> MeasuredLoudness:
    folder: Path = ffmpeg("none.wav", "-f", "lavfi", "-i", "anullsrc=d=0.1").parent
    raw = folder / "raw"
    raw.write_bytes(samples.astype("<f4").tobytes())
    layout = {2: "stereo", 5: "5.0(side)"}[samples.shape[1]]
    given = ("-f", "f32le", "-ar", str(RATE), "-ac", str(samples.shape[1]), "-channel_layout", layout, "-i", str(raw))
    keys = ((INTEGRATED, "lavfi.r128.I"), (PEAK, "lavfi.r128.true_peak"))
    prints = [f"ametadata=mode=print:key={key}:file={folder / name}" for name, key in keys]
    ffmpeg("out.wav", *given, "-af", ",".join([METER, *prints]))
    found = read_loudness(folder)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "channels",
    [
        pytest.param([[(-23, 20)]] * 2, id="1"),
        pytest.param([[(-36, 10), (-23, 60), (-36, 10)]] * 2, id="3", marks=pytest.mark.soak),
        pytest.param([[(-26, 20), (-20, 20.1), (-26, 20)]] * 2, id="5", marks=pytest.mark.soak),
        pytest.param([[(-28, 20)], [(-28, 20)], [(-24, 20)], [(-30, 20)], [(-30, 20)]], id="6"),
    ],
)
def test_loudness(channels: Sequence[Sequence[tuple[float, float]]], ffmpeg: Ffmpeg) -> None:
    assert heard(faded(tone(channels)), ffmpeg).lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("share", "degrees", "level", "expected"),
    [
        pytest.param(1 / 4, 0, 0.5, -6, id="15"),
        pytest.param(1 / 4, 45, 0.5, -6, id="16"),
        pytest.param(1 / 6, 60, 0.5, -6, id="17"),
        pytest.param(1 / 8, 67.5, 0.5, -6, id="18"),
        pytest.param(1 / 4, 45, 1.41, 3, id="19"),
    ],
)
def test_true_peaks(share: float, degrees: float, level: float, expected: float, ffmpeg: Ffmpeg) -> None:
    assert -0.4 <= heard(peak(share, degrees, level), ffmpeg).peak_dbtp - expected <= 0.2


def test_the_loudness_is_that_of_a_standard_tone(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Both channels a sine of 1 kHz at -23 dBFS: -23 LUFS. Source: EBU Tech 3341, test signal 1."""
    tone = f"aevalsrc='{10 ** (-23 / 20):.6f}*sin(2*PI*1000*t)|{10 ** (-23 / 20):.6f}*sin(2*PI*1000*t)':s=48000:d=5"
    outputs_of(ffmpeg("tone.wav", "-f", "lavfi", "-i", tone), {"kind": "audio"})
    heard = read_loudness(tmp_path)
    assert heard is not None
    assert heard.lufs == pytest.approx(-23, abs=0.1)
    assert heard.peak_dbtp == pytest.approx(-23, abs=0.2)
