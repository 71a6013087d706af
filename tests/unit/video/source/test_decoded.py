"""Sound that changes in the middle is measured, drawn and levelled as a whole, and keeps its time."""

import json
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.video.sound.loudness import read_loudness
from stoker.video.source import decoded
from unit.probe.ranges import Kept, outputs_by_ranges
from unit.video.films import outputs_of
from unit.video.flashes import film, heard
from unit.video.late_sounds import AAC, APART, SECONDS, Source, joined, late_sound_changes, together
from unit.video.sound.samples import lufs, samples_of

MP2 = ("-c:a", "mp2", "-b:a", "192k", "-c:v", "libx264", "-preset", "ultrafast")


def loud_then_quiet(ffmpeg: Ffmpeg) -> Path:
    """Two seconds of a tone in two channels, and two of a softer one in one channel, at another rate."""

    def part(name: str, level: float, rate: int, sides: int, start: int) -> Path:
        sound = f"aevalsrc='{'|'.join([f'{level}*sin(2000*PI*t)'] * sides)}':s={rate}:d=2"
        picture = ("-f", "lavfi", "-i", "color=s=64x48:d=2")
        return ffmpeg(name, *picture, "-f", "lavfi", "-i", sound, *MP2, "-output_ts_offset", str(start))

    return joined(ffmpeg, part("a.ts", 0.5, 48_000, 2, 0), part("b.ts", 0.1, 44_100, 1, 2))


@pytest.mark.slow
def test_it_is_measured_as_a_whole(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    wav, waveform = outputs_of(loud_then_quiet(ffmpeg), {"kind": "audio", "format": "wav"}, {"kind": "waveform"})
    measured = read_loudness(tmp_path)
    assert measured is not None
    assert measured.lufs == pytest.approx(lufs(samples_of(tmp_path / wav.file.name)), abs=0.1)
    assert measured.peak_dbtp == pytest.approx(-6, abs=1)
    drawn = json.loads((tmp_path / waveform.file.name).read_text())
    seconds = drawn["length"] * drawn["samples_per_pixel"] / drawn["sample_rate"]
    assert seconds == pytest.approx(4, abs=0.1)
    tops = drawn["data"][1::2]
    assert tops[len(tops) // 4] == pytest.approx(64, abs=2)
    assert tops[3 * len(tops) // 4] == pytest.approx(13, abs=1)


@pytest.mark.slow
def test_it_gets_the_loudness_that_is_wanted(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    wanted = ({"kind": "mp4", "height": 32}, {"kind": "audio"})
    for output in outputs_of(loud_then_quiet(ffmpeg), *wanted, loudness=-23):
        assert lufs(samples_of(tmp_path / output.file.name)) == pytest.approx(-23, abs=0.5)


def test_a_part_of_it_keeps_its_time(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [output] = outputs_of(late_sound_changes(ffmpeg), {"kind": "mp4"}, trim={"start": 1.11, "end": 4})
    pairs = together(tmp_path, "mp4", output.file.name)
    assert len(pairs) >= 2
    assert max(abs(flash - click) for flash, click in pairs) <= APART


def late_sound_in_a_stream(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.ts", SECONDS, *AAC, late_sound=1.5)


@pytest.mark.slow
@pytest.mark.parametrize("source", [late_sound_changes, late_sound_in_a_stream])
@pytest.mark.parametrize(
    "form", ["wav", *(pytest.param(form, marks=pytest.mark.soak) for form in ("m4a", "mp3", "ogg"))]
)
def test_the_sound_alone_has_the_time_of_the_film(form: str, source: Source, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = source(ffmpeg)
    [audio] = outputs_of(file, {"kind": "audio", "format": form})
    [mp4] = outputs_of(file, {"kind": "mp4", "height": 32})
    clicks = heard(tmp_path / audio.file.name)
    # The first samples of MP3 and AAC may belong to the encoder.
    assert clicks == pytest.approx(heard(tmp_path / mp4.file.name), abs=0.03)
    assert clicks


def test_it_is_decoded_from_a_film_that_is_read_by_ranges(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    kept = Kept(late_sound_changes(ffmpeg).read_bytes())
    [mp4] = outputs_by_ranges(tmp_path, kept, {"kind": "mp4", "height": 32})
    pairs = together(tmp_path, "mp4", mp4.file.name)
    assert sum(abs(flash - click) > APART for flash, click in pairs) == 1


def test_a_watermark_is_found_beside_it(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    ffmpeg("mark.png", "-f", "lavfi", "-i", "color=red:s=16x16", "-frames:v", "1").rename(tmp_path / "watermark")
    source = late_sound_changes(ffmpeg)
    [mp4] = outputs_of(source, {"kind": "mp4"}, watermark={"source": "user-uploads/ada/mark.png"})
    assert mp4.duration_seconds == pytest.approx(5, abs=0.1)


def test_one_that_is_too_long_is_not_decoded_before(
    ffmpeg: Ffmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoded, "MOST_BYTES", 100_000)
    [mp4] = outputs_of(loud_then_quiet(ffmpeg), {"kind": "mp4", "height": 32})
    assert mp4.duration_seconds == pytest.approx(4, abs=0.1)
    assert not list(tmp_path.glob("sound-*.mka"))
