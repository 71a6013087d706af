"""Sound is as loud as it was, and nothing clips that did not clip."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from conftest import Ffmpeg
from stoker.video.sound.loudness import read_loudness
from unit.video.films import outputs_of
from unit.video.sound.samples import LAYOUTS, RATE, film, lufs, matrix, samples_of


def sounds(channels: int, level: float, seconds: float = 4) -> np.ndarray:
    """Another sum of tones in each channel."""
    time = np.arange(round(seconds * RATE)) / RATE
    waves = [
        sum(np.sin(2 * np.pi * (220 + 97 * channel) * step * time + channel) / 3 for step in (1, 2.3, 5.1))
        for channel in range(channels)
    ]
    return level * np.stack(waves, axis=1)


USUAL = ("mono", "stereo", "5.1")


def few(table: Iterable[str], usual: Sequence[str]) -> list[object]:
    """A table whose unusual rows are tested by `-m soak` alone."""
    return [row if row in usual else pytest.param(row, marks=pytest.mark.soak) for row in table]


@pytest.mark.parametrize("layout", few(LAYOUTS, USUAL))
def test_sound_is_as_loud_as_the_documented_mix_of_its_source(layout: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    gains = matrix(layout)
    samples = sounds(len(gains), 0.15, 3)
    # FLAC has no layout of more than eight channels.
    many = len(gains) > 8
    options = ("-c:a", "pcm_s16le") if many else ()
    source = film(ffmpeg, layout, samples, *options, name="film.mov" if many else "film.mkv")
    mp4, wav = outputs_of(source, {"kind": "mp4", "height": 32}, {"kind": "audio", "format": "wav"})
    expected = samples @ gains
    mixed = samples_of(tmp_path / wav.file.name)
    assert mixed.shape == expected.shape
    off = np.abs(mixed - expected)
    # A sound that begins or ends at once is smoothed there by the limiter's filters.
    assert off[RATE // 100 : -RATE // 100].max() < 1e-3
    assert off.max() < 2e-3
    assert lufs(samples_of(tmp_path / mp4.file.name)) == pytest.approx(lufs(expected), abs=0.5)
    measured = read_loudness(tmp_path)
    assert measured is not None
    assert measured.lufs == pytest.approx(lufs(expected), abs=0.2)


@pytest.mark.parametrize("layout", few(("mono", "stereo", "5.1", "7.1"), ("5.1",)))
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_nothing_clips_that_did_not_clip(layout: str, kind: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    channels = len(matrix(layout))
    samples = sounds(channels, 0.99 if channels > 2 else 0.8)
    [output] = outputs_of(film(ffmpeg, layout, samples), {"kind": kind, "height": 32})
    assert np.abs(samples_of(tmp_path / output.file.name)).max() < 1


@pytest.mark.parametrize("kind", few(("m4a", "ogg", "mp3"), ("ogg",)))
def test_a_mix_of_full_white_noise_does_not_clip(kind: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).uniform(-1, 1, (6 * RATE, 6))
    [audio] = outputs_of(film(ffmpeg, "5.1", noise), {"kind": "audio", "format": kind})
    assert np.abs(samples_of(tmp_path / audio.file.name)).max() < 1


def test_sound_at_full_scale_is_not_changed(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    samples = np.clip(2 * sounds(2, 1), -1, 32767 / 32768)
    source = film(ffmpeg, "stereo", samples, "-c:a", "pcm_s16le")
    [wav] = outputs_of(source, {"kind": "audio", "format": "wav"})
    assert np.abs(samples_of(tmp_path / wav.file.name) - samples).max() <= 1 / 32768


@pytest.mark.slow
def test_a_copied_and_an_encoded_mono_track_are_as_loud(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = film(ffmpeg, "mono", sounds(1, 0.3), "-c:a", "aac", name="film.mp4")
    copied, encoded = outputs_of(source, {"kind": "mp4"}, {"kind": "mp4", "height": 32})
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(tmp_path / copied.file.name)]
    assert "mono" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
    played = np.repeat(samples_of(tmp_path / copied.file.name).reshape(-1, 1), 2, axis=1)
    assert lufs(samples_of(tmp_path / encoded.file.name)) == pytest.approx(lufs(played), abs=0.5)


@pytest.mark.parametrize("layout", ["9 channels", "ambisonic 1"])
def test_channels_that_nobody_names_are_heard(layout: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    if layout == "9 channels":
        tones = "|".join(["0.1*sin(880*PI*t)"] * 9)
        file = ffmpeg("nine.wav", "-f", "lavfi", "-i", f"aevalsrc='{tones}':d=2:s=48000")
    else:
        mixed = "pan=ambisonic 1|c0=c0|c1=0.5*c0|c2=0*c0|c3=c0"
        file = ffmpeg(
            "field.ogg", "-f", "lavfi", "-i", "sine=d=2", "-af", mixed, "-c:a", "libopus", "-mapping_family", "2"
        )
    [wav] = outputs_of(file, {"kind": "audio", "format": "wav"})
    assert np.abs(samples_of(tmp_path / wav.file.name)).max(axis=0).min() > 0.04


def test_a_waveform_of_one_channel_is_as_high_as_the_sound(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [waveform] = outputs_of(film(ffmpeg, "mono", 0.5 * np.ones((RATE, 1)) * [[1.0]]), {"kind": "waveform"})
    assert max(json.loads((tmp_path / waveform.file.name).read_text())["data"]) == 64
