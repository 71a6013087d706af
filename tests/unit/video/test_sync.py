"""Picture and sound stay together: each flash and its click, from the first to the last, in every kind of film."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from conftest import Ffmpeg
from unit.video.films import outputs_of
from unit.video.flashes import film, flash_times
from unit.video.late_sounds import (
    AAC,
    APART,
    H264,
    SECONDS,
    Source,
    constant,
    halves,
    late_sound,
    late_sound_changes,
    together,
)

KINDS: Sequence[dict[str, object]] = (
    {"kind": "mp4", "height": 32},
    {"kind": "webm"},
    {"kind": "av1"},
    {"kind": "hls", "heights": [48]},
)


def low_rate_sound(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.mkv", SECONDS, *H264, "-c:a", "libvorbis", rate=44_100, channels=1)


def stills(ffmpeg: Ffmpeg) -> Path:
    """A screen recording: a new picture only where something changes."""
    times = flash_times(SECONDS)
    stamps = sorted({0.0, *times, *(round(time + 0.04, 3) for time in times), SECONDS - 0.1})
    return film(ffmpeg, "a.mkv", SECONDS, *AAC, stamps=stamps)


def phone(ffmpeg: Ffmpeg) -> Path:
    """Return times of pictures: every 40 ms, with some left out, and each third one 7 ms late."""
    times = flash_times(SECONDS)
    grid = [round(step * 0.04, 3) for step in range(125) if step % 11]
    late = {step: round(step + 0.007 * (number % 3 == 2), 3) for number, step in enumerate(grid)}
    flashes = {round(time, 3) for time in times}
    return film(
        ffmpeg, "a.mp4", SECONDS, *AAC, stamps=sorted({*flashes, *(v for k, v in late.items() if k not in flashes)})
    )


def a_little_late_sound(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.mkv", SECONDS, *AAC, late_sound=0.08)


def late_picture(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.mkv", SECONDS, *AAC, late_picture=0.8)


def transport_stream(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.ts", SECONDS, *AAC, "-output_ts_offset", "1000")


def edit_list(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("cut.mp4", "-ss", "0.64", "-i", str(constant(ffmpeg)), "-c", "copy")


def size_changes(ffmpeg: Ffmpeg) -> Path:
    return halves(ffmpeg, AAC, AAC, size=(128, 96))


def channels_change(ffmpeg: Ffmpeg) -> Path:
    return halves(ffmpeg, (*H264, "-c:a", "ac3"), (*H264, "-c:a", "ac3"), channels=6)


def rate_changes(ffmpeg: Ffmpeg) -> Path:
    return halves(ffmpeg, (*H264, "-c:a", "mp2"), (*H264, "-c:a", "mp2"), rate=44_100, channels=1)


def aac_changes(ffmpeg: Ffmpeg) -> Path:
    return halves(ffmpeg, AAC, AAC, rate=44_100, channels=1)


def opus_changes(ffmpeg: Ffmpeg) -> Path:
    return halves(ffmpeg, (*H264, "-c:a", "libopus"), (*H264, "-c:a", "libopus"), channels=1)


def all_changes(ffmpeg: Ffmpeg) -> Path:
    mp2 = (*H264, "-c:a", "mp2")
    return halves(ffmpeg, mp2, mp2, rate=44_100, channels=1, size=(128, 96))


def gap(ffmpeg: Ffmpeg) -> Path:
    """A recording that lost packets: one here, and a second of them there."""
    whole = film(ffmpeg, "a.mkv", SECONDS, *AAC)
    lost = "noise=drop='eq(n,30)+eq(n,33)+eq(n,36)+between(n,90,130)'"
    return ffmpeg("gap.mkv", "-i", str(whole), "-c", "copy", "-bsf:a", lost)


SOURCES: Sequence[Source] = (
    *(constant, low_rate_sound, stills, phone, late_sound, a_little_late_sound, late_picture, transport_stream),
    *(edit_list, size_changes, channels_change, rate_changes, aac_changes, opus_changes, late_sound_changes),
    *(all_changes, gap),
)
SILENT: Mapping[Source, int] = {late_sound: 2, late_sound_changes: 1, gap: 1}
"""Flashes whose click the source has lost."""

USUAL = (constant, late_sound_changes, all_changes, gap)


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [pytest.param(source, id=source.__name__, marks=() if source in USUAL else pytest.mark.soak) for source in SOURCES],
)
def test_each_flash_has_its_click(source: Source, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    # In each run of the tests, those that change are made in the kinds whose files differ most.
    kinds = (KINDS[0], KINDS[-1]) if source in USUAL and source is not constant else KINDS
    kinds = (*kinds, {"kind": "mp4"})
    outputs = outputs_of(source(ffmpeg), *kinds)
    for output in outputs:
        pairs = together(tmp_path, output.kind, output.file.name)
        assert len(pairs) >= 3
        apart = [abs(flash - click) for flash, click in pairs]
        assert sum(distance > APART for distance in apart) == SILENT.get(source, 0), (output.kind, pairs)


def test_a_trimmed_film_stays_together(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    [output] = outputs_of(constant(ffmpeg), {"kind": "mp4"}, trim={"start": 1.11, "end": 4})
    pairs = together(tmp_path, "mp4", output.file.name)
    assert len(pairs) >= 2
    assert max(abs(flash - click) for flash, click in pairs) <= APART


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["kind"])
def test_a_film_of_half_a_minute_stays_together(kind: dict[str, object], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = film(ffmpeg, "a.mkv", 30, *H264, "-c:a", "libvorbis", rate=44_100)
    [output] = outputs_of(source, kind)
    pairs = together(tmp_path, output.kind, output.file.name)
    assert len(pairs) == len(flash_times(30))
    assert max(abs(flash - click) for flash, click in pairs) <= APART
