"""A film comes out as loud as is wanted, and no peak is too high, in every file that is delivered."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from conftest import Ffmpeg
from stoker.video.outputs.finish import MadeOutput
from stoker.video.sound.loudness import read_loudness
from unit.probe.ranges import Kept, outputs_by_ranges
from unit.runs import Run
from unit.video.films import outputs_of
from unit.video.sound.samples import RATE, film, lufs, matrix, samples_of

pytestmark = pytest.mark.slow

MOST_PEAK = -1.0
"""dBTP."""

ALL: tuple[Mapping[str, object], ...] = (
    {"kind": "mp4", "height": 32},
    {"kind": "webm"},
    {"kind": "hls", "heights": [32]},
    *({"kind": "audio", "format": name} for name in ("mp3", "ogg", "m4a", "wav")),
)


def music(channels: int, level: float, seconds: float = 5) -> np.ndarray:
    """Noise that swells and fades, another in each channel, with short peaks far above its mean."""
    time = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(7).standard_normal((len(time), channels))
    smooth = np.apply_along_axis(lambda wave: np.convolve(wave, np.ones(8) / 8, "same"), 0, noise)
    swell = 0.1 + 0.3 * np.abs(np.sin(3 * time)) ** 3 + 0.6 * (time % 1.3 > 1.28)
    return np.clip(level * smooth * swell[:, None], -1, 1)


def true_peak(samples: np.ndarray) -> float:
    """dBTP, of the wave at four times the rate."""
    spectrum = np.fft.rfft(samples.astype(float), axis=0)
    wave = 4 * np.fft.irfft(spectrum, 4 * len(samples), axis=0)
    return float(20 * np.log10(np.abs(wave).max()))


def sound_file(folder: Path, output: MadeOutput) -> Path:
    return folder / ("hls-audio.m4s" if output.kind == "hls" else output.file.name)


def name(output: Mapping[str, object]) -> str:
    return str(output.get("format", output["kind"]))


def raw(ffmpeg: Ffmpeg, name: str, samples: np.ndarray) -> tuple[str, ...]:
    """Options that read samples as an input."""
    file = ffmpeg("none.wav", "-f", "lavfi", "-i", "anullsrc=d=0.1").with_name(name)
    file.write_bytes(samples.astype("<f4").tobytes())
    return ("-f", "f32le", "-ar", str(RATE), "-ac", str(samples.shape[1]), "-i", str(file))


CASES = [
    *[pytest.param("stereo", 0.5, -16, ALL, id="stereo")],
    *[pytest.param("mono", 0.01, -23, ALL[::3], id="quiet mono")],
    *[pytest.param("5.1", 1.0, -14, ALL[:2], id="loud 5.1")],
    *[
        pytest.param(layout, level, wanted, ALL, id=f"{layout} {level} {wanted}", marks=pytest.mark.soak)
        for layout in ("mono", "stereo", "5.1")
        for level in (0.005, 0.3, 1.5)
        for wanted in (-31, -23, -14)
    ],
]


@pytest.mark.parametrize(("layout", "level", "wanted", "outputs"), CASES)
def test_a_film_is_as_loud_as_is_wanted(
    layout: str, level: float, wanted: float, outputs: tuple[Mapping[str, object], ...], ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    source = film(ffmpeg, layout, music(len(matrix(layout)), level))
    for output in outputs_of(source, *outputs, loudness=wanted):
        samples = samples_of(sound_file(tmp_path, output))
        assert lufs(samples) == pytest.approx(wanted, abs=0.5), output.file.name
        assert true_peak(samples) <= MOST_PEAK, output.file.name
    reported = read_loudness(tmp_path)
    assert reported is not None
    assert reported.lufs == pytest.approx(wanted, abs=0.5)


def test_each_language_has_the_loudness(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    spoken = [*raw(ffmpeg, "a", music(2, 0.02)), *raw(ffmpeg, "b", music(2, 0.6))]
    maps = ("-map", "0:v", "-map", "1:a", "-map", "2:a", "-metadata:s:a:0", "language=ger")
    named = ("-metadata:s:a:1", "language=eng", "-c:v", "libx264", "-c:a", "flac")
    source = ffmpeg("two.mkv", "-f", "lavfi", "-i", "color=s=64x48:d=5", *spoken, *maps, *named)
    outputs_of(source, {"kind": "hls", "heights": [32]}, loudness=-20)
    files = sorted(tmp_path.glob("hls-audio*.m4s"))
    assert len(files) == 2
    for file in files:
        assert lufs(samples_of(file)) == pytest.approx(-20, abs=0.5), file.name


def test_only_the_wanted_part_is_measured(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    both = np.concatenate([music(2, 0.9, 3), music(2, 0.05, 4)])
    source = film(ffmpeg, "stereo", both)
    [mp4] = outputs_of(source, {"kind": "mp4", "height": 32}, loudness=-24, trim={"start": 3, "end": 7})
    assert lufs(samples_of(tmp_path / mp4.file.name)) == pytest.approx(-24, abs=0.5)


def test_silence_stays_silence(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = film(ffmpeg, "stereo", np.zeros((2 * RATE, 2)))
    mp4, waveform = outputs_of(source, {"kind": "mp4", "height": 32}, {"kind": "waveform"}, loudness=-14)
    assert np.abs(samples_of(tmp_path / mp4.file.name)).max() == 0
    assert waveform.parts


def test_a_film_without_sound_has_no_loudness(ffmpeg: Ffmpeg) -> None:
    source = ffmpeg("mute.mp4", "-f", "lavfi", "-i", "color=s=64x48:d=1", "-c:v", "libx264")
    assert outputs_of(source, {"kind": "mp4"}, {"kind": "poster"}, loudness=-14)


def test_sound_that_could_be_copied_is_not(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = film(ffmpeg, "stereo", music(2, 0.1), "-c:a", "aac", name="film.mp4")
    [mp4] = outputs_of(source, {"kind": "mp4"}, loudness=-18)
    assert lufs(samples_of(tmp_path / mp4.file.name)) == pytest.approx(-18, abs=0.5)


def clicks() -> np.ndarray:
    samples = 0.001 * music(2, 1, 4)
    samples[:: RATE // 4] = 1
    return samples


def burst() -> np.ndarray:
    samples = np.zeros((6 * RATE, 2))
    samples[:RATE] = np.random.default_rng(3).uniform(-1, 1, (RATE, 2))
    return samples


@pytest.mark.parametrize("samples", [clicks, pytest.param(burst, marks=pytest.mark.soak)])
def test_peaks_come_first_where_both_can_not_be(
    samples: Callable[[], np.ndarray], ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    wanted = ({"kind": "mp4", "height": 32}, {"kind": "webm"}, {"kind": "audio"})
    for output in outputs_of(film(ffmpeg, "stereo", samples()), *wanted, loudness=-9):
        assert true_peak(samples_of(tmp_path / output.file.name)) <= MOST_PEAK


@pytest.mark.soak
@pytest.mark.parametrize("wanted", [-9, -31])
def test_each_codec_makes_up_for_what_it_loses(wanted: float, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """AAC leaves out the highest tones, which make up much of the loudness of white noise."""
    noise = np.random.default_rng(3).uniform(-1, 1, (4 * RATE, 2))
    for output in outputs_of(film(ffmpeg, "stereo", noise), *ALL[3:], loudness=wanted):
        samples = samples_of(tmp_path / output.file.name)
        assert lufs(samples) == pytest.approx(wanted, abs=0.5), output.file.name
        assert true_peak(samples) <= MOST_PEAK, output.file.name


def test_a_waveform_alone_has_the_loudness(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    outputs_of(film(ffmpeg, "stereo", music(2, 0.05)), {"kind": "waveform"}, loudness=-20)
    reported = read_loudness(tmp_path)
    assert reported is not None
    assert reported.lufs == pytest.approx(-20, abs=0.3)


def test_a_film_that_is_read_by_ranges_has_the_loudness(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = film(ffmpeg, "stereo", music(2, 0.05), "-c:a", "aac", name="film.mp4")
    kept = Kept(source.read_bytes())
    [mp4] = outputs_by_ranges(tmp_path, kept, {"kind": "mp4", "height": 32}, loudness=-18)
    assert lufs(samples_of(tmp_path / mp4.file.name)) == pytest.approx(-18, abs=0.5)


def test_the_progress_never_goes_back(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    reported: list[float] = []

    class RecordedRun(Run):
        def report(self, progress: float, stage: str) -> None:
            reported.append(progress)

    source = film(ffmpeg, "stereo", music(2, 0.5))
    kept = Kept(source.read_bytes())
    wanted = ({"kind": "mp4", "height": 32}, {"kind": "audio"})
    outputs_by_ranges(tmp_path, kept, *wanted, run=RecordedRun(tmp_path), loudness=-12)
    assert reported == sorted(reported)
    assert reported[-1] <= 100
