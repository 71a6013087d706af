"""Every frame of a film keeps its time, with any intervals between the frames."""

import json
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import av
import pytest

from browser import evaluated
from conftest import Ffmpeg
from stoker_tools.setup.environment import ROOT
from unit.video.films import outputs_of
from unit.video.numbered import BITS, Frame, decoded, demuxed, film

pytestmark = pytest.mark.slow

KINDS = ("mp4", "webm", "av1", "hls")
MILLISECOND = 0.001


@dataclass(frozen=True)
class Pattern:
    """The rhythm of a film.

    Attributes:
        name: The file; its ending says the container.
        times: When each frame is shown, in seconds.
        tolerance: How exact the container is, in seconds.
        hold: How long the last frame is shown, in seconds.
        kept: Which frames come out, where not all do.
    """

    name: str
    times: Sequence[float]
    tolerance: float = MILLISECOND / 10
    hold: float = 0.1
    kept: Callable[[int], bool] = lambda number: True


def after(*steps: float, start: float = 0) -> list[float]:
    """Times from the steps between them."""
    return list(accumulate(steps, initial=start))


def chosen(seed: int, count: int, *steps: float) -> list[float]:
    """Steps that are drawn."""
    chance = random.Random(seed)
    return [chance.choice(steps) for _ in range(count)]


def jittered(seed: int, count: int, rate: float, jitter: float) -> list[float]:
    """Times of a rate, each late by up to the jitter."""
    chance = random.Random(seed)
    return [0.0, *(number / rate + chance.random() * jitter for number in range(1, count))]


def in_milliseconds(times: Sequence[float]) -> list[float]:
    return [round(time, 3) for time in times]


COARSE = 0.6 * MILLISECOND
"""The container has milliseconds."""

PATTERNS: Mapping[str, Pattern] = {
    "a phone of 24 to 60 frames a second": Pattern("a.mp4", after(*chosen(1, 60, 1 / 24, 1 / 30, 1 / 30, 1 / 60))),
    "a screen recorder with stills": Pattern(
        "a.mp4", after(*[1 / 30] * 20, 2.0, *[1 / 60] * 20, 1.5, 0.7, *[1 / 30] * 10)
    ),
    "a burst after stills": Pattern("a.mp4", after(*[1.0] * 4, *[1 / 60] * 50)),
    "webm in milliseconds": Pattern(
        "a.webm", in_milliseconds(after(*chosen(2, 60, 0.016, 0.017, 0.033, 0.034, 0.25))), COARSE
    ),
    "a gif in matroska": Pattern("a.mkv", in_milliseconds(after(*chosen(3, 40, 0.02, 0.05, 0.1, 0.5))), COARSE),
    "29.97 and 59.94 mixed": Pattern("a.mp4", after(*[1001 / 30_000] * 25, *[1001 / 60_000] * 25)),
    "60 with a jitter of 6 ms": Pattern("a.mp4", jittered(4, 60, 60, 0.006)),
    "bursts of jitter between stills": Pattern(
        "a.mp4",
        [time for number, time in enumerate(jittered(5, 300, 60, 0.006)) if number < 40 or number % 60 == 0],
        hold=1,
    ),
    "pairs of frames": Pattern("a.mp4", after(*[1 / 30, 0.002, 1 / 30 - 0.002] * 12)),
    "30 in flv": Pattern("a.flv", in_milliseconds([number / 30 for number in range(45)]), COARSE),
    "30 in matroska": Pattern("a.mkv", in_milliseconds([number / 30 for number in range(45)]), COARSE),
    "23.976": Pattern("a.mov", [number * 1001 / 24_000 for number in range(40)]),
    "a picture that begins late": Pattern("a.mp4", after(*[1 / 25] * 30, start=1.3)),
    "a transport stream": Pattern("a.ts", after(*chosen(6, 50, 1 / 24, 1 / 30, 1 / 60))),
    "a burst of 120 after stills, which is capped": Pattern(
        "a.mp4",
        after(*[1.0] * 4, *[1 / 120] * 60),
        hold=1 / 60,
        kept=lambda number: number <= 4 or number % 2 == 0,
    ),
    "120, which is capped": Pattern(
        "a.mp4", [number / 120 for number in range(120)], hold=1 / 120, kept=lambda number: number % 2 == 0
    ),
    "240, which is capped": Pattern(
        "a.mp4", [number / 240 for number in range(240)], hold=1 / 240, kept=lambda number: number % 4 == 0
    ),
}


HEIGHT = 48
"""The size of the outputs: smaller than the films, so that no output is a copy."""


def wanted_output(kind: str) -> dict[str, object]:
    return {"kind": kind, **({"heights": [HEIGHT]} if kind == "hls" else {"height": HEIGHT})}


def made(folder: Path, pattern: Pattern, kinds: Sequence[str]) -> dict[str, Path]:
    """The files that come out of a film of a pattern, by kind. Its sound begins with its clock."""
    end = pattern.times[-1] + pattern.hold
    source = film(folder / pattern.name, pattern.times, hold=pattern.hold, sound=(0, end))
    wanted = (wanted_output(kind) for kind in kinds)
    files = {output.kind: folder / output.file.name for output in outputs_of(source, *wanted)}
    return {**files, **({"hls": folder / f"hls-{HEIGHT}p.m4s"} if "hls" in files else {})}


def expected(source: Path, pattern: Pattern) -> list[Frame]:
    """Return the expected frames, with their times since the begin of the source."""
    with av.open(str(source)) as container:
        begin = (container.start_time or 0) / av.time_base
    lead = decoded(source)[0][1] - begin - pattern.times[0]
    return [(number, time + lead) for number, time in enumerate(pattern.times) if pattern.kept(number)]


def shown_times(file: Path) -> list[float]:
    """Return the times of the shown frames. An edit list hides the frames before 0."""
    return [time for time in demuxed(file) if time > -1e-6]


def seen(kind: str, file: Path) -> list[Frame]:
    """The frames of an output, with the times that a demuxer of another make than libav gives them."""
    pairs, times = decoded(file), shown_times(file)
    assert len(pairs) == len(times)
    # libav moves a fragmented film with negative composition offsets to a later time; browsers do not.
    moved = pairs[0][1] - times[0] if kind == "hls" else 0
    assert [time for _, time in pairs] == pytest.approx([time + moved for time in times], abs=1e-6)
    return [(number, time) for (number, _), time in zip(pairs, times, strict=True)]


def check(folder: Path, pattern: Pattern, kinds: Sequence[str]) -> None:
    files = made(folder, pattern, kinds)
    wanted = expected(folder / pattern.name, pattern)
    for kind, file in files.items():
        frames = seen(kind, file)
        assert [number for number, _ in frames] == [number for number, _ in wanted], kind
        tolerance = pattern.tolerance + (COARSE if kind == "webm" else 0)
        assert [time for _, time in frames] == pytest.approx([time for _, time in wanted], abs=tolerance), kind


FAST = ("mp4", "hls")


USUAL = (
    "a phone of 24 to 60 frames a second",
    "a screen recorder with stills",
    "webm in milliseconds",
    "60 with a jitter of 6 ms",
    "30 in flv",
    "a picture that begins late",
    "a transport stream",
    "120, which is capped",
)


@pytest.mark.parametrize("name", USUAL)
def test_every_frame_keeps_its_time(name: str, tmp_path: Path) -> None:
    """H.264 alone, because all kinds share the decode and the clock."""
    check(tmp_path, PATTERNS[name], FAST)


@pytest.mark.soak
@pytest.mark.parametrize("name", PATTERNS)
def test_every_frame_keeps_its_time_in_every_codec(name: str, tmp_path: Path) -> None:
    check(tmp_path, PATTERNS[name], KINDS)


@pytest.mark.parametrize("kind", ["webm", "av1"])
@pytest.mark.parametrize("name", ["a phone of 24 to 60 frames a second", "a screen recorder with stills"])
def test_so_it_does_in_newer_codecs(name: str, kind: str, tmp_path: Path) -> None:
    check(tmp_path, PATTERNS[name], (kind,))


def test_a_part_of_a_variable_rate_is_exact_to_the_frame(tmp_path: Path) -> None:
    pattern = PATTERNS["bursts of jitter between stills"]
    source = film(tmp_path / pattern.name, pattern.times, sound=(0, pattern.times[-1]))
    [mp4] = outputs_of(source, wanted_output("mp4"), trim={"start": 0.3, "end": 4.5})
    wanted = [(number, time - 0.3) for number, time in enumerate(pattern.times) if 0.3 <= time < 4.5]
    frames = seen("mp4", tmp_path / mp4.file.name)
    assert [number for number, _ in frames] == [number for number, _ in wanted]
    assert [time for _, time in frames] == pytest.approx([time for _, time in wanted], abs=MILLISECOND)


def test_a_browser_shows_each_frame_at_its_time(tmp_path: Path) -> None:
    pattern = PATTERNS["bursts of jitter between stills"]
    made(tmp_path, pattern, KINDS)
    ends = [*pattern.times[1:], pattern.times[-1] + pattern.hold]
    moments = [(start + end) / 2 for start, end in zip(pattern.times, ends, strict=True)]
    for name in ("numbers.html", "hls.js"):
        origin = Path(__file__).with_name(name) if name != "hls.js" else ROOT / "node_modules/hls.js/dist/hls.min.js"
        shutil.copy(origin, tmp_path / name)
    for file in ("video-48p.mp4", "video-48p.webm", "video-48p-av1.mp4", "hls.m3u8"):
        shown = evaluated(tmp_path, "numbers.html", f"numbers({json.dumps(file)}, {json.dumps(moments)}, {BITS})")
        print([(i, n, moments[i]) for i, n in enumerate(shown) if i != n])
        assert shown == list(range(len(moments))), file


@pytest.mark.parametrize("height", [HEIGHT, 64], ids=["encoded", "copied"])
@pytest.mark.parametrize("cut", [0.7, 1.31])
def test_a_film_that_a_phone_has_trimmed_keeps_its_times(
    cut: float, height: int, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    """A trim leaves the frames before the cut in the file, up to the last key frame; an edit list hides them."""
    times = jittered(7, 90, 30, 0.004)
    whole = film(tmp_path / "whole.mov", times, sound=(0, 3))
    trimmed = ffmpeg("trimmed.mp4", "-ss", str(cut), "-i", str(whole), "-c", "copy")
    first = next(number for number, time in enumerate(times) if time >= cut)
    wanted = list(enumerate(shown_times(trimmed), first))
    assert len(wanted) == len(times) - first
    mp4, _ = outputs_of(trimmed, {"kind": "mp4", "height": height}, wanted_output("hls"))
    for kind, file in (("mp4", mp4.file.name), ("hls", f"hls-{HEIGHT}p.m4s")):
        frames = seen(kind, tmp_path / file)
        assert [number for number, _ in frames] == [number for number, _ in wanted], kind
        assert [time for _, time in frames] == pytest.approx([time for _, time in wanted], abs=MILLISECOND), kind
