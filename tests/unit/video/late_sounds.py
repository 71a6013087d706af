"""Films whose sound begins after their picture, in several containers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from conftest import Ffmpeg
from unit.video.flashes import film, heard, seen

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25")

APART = 0.02
"""Seconds between a flash and its click, at most."""

AAC = (*H264, "-c:a", "aac")
SECONDS = 5.0


def joined(ffmpeg: Ffmpeg, *parts: Path) -> Path:
    whole = ffmpeg("none.wav", "-f", "lavfi", "-i", "anullsrc=d=0.1").with_name("joined.ts")
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    return whole


def constant(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.mp4", SECONDS, *AAC)


def late_sound(ffmpeg: Ffmpeg) -> Path:
    return film(ffmpeg, "a.mp4", SECONDS, *AAC, late_sound=1.5)


def late_sound_changes(ffmpeg: Ffmpeg) -> Path:
    ac3 = (*H264, "-c:a", "ac3")
    return halves(ffmpeg, ac3, ac3, late_sound=1.0, channels=6)


Source = Callable[[Ffmpeg], Path]


def together(folder: Path, kind: str, name: str) -> list[tuple[float, float]]:
    """The flashes of an output, each with the click that is nearest."""
    pictures, sounds = (folder / name,) * 2
    if kind == "hls":
        pictures, sounds = next(folder.glob("hls-*p.m4s")), folder / "hls-audio.m4s"
    clicks = heard(sounds)
    return [(flash, min(clicks, key=lambda click: abs(click - flash))) for flash in seen(pictures)]


def halves(ffmpeg: Ffmpeg, one: Sequence[str], two: Sequence[str], late_sound: float = 0.0, **second: Any) -> Path:
    first = film(ffmpeg, "a.ts", 2.4, *one, first=0.0, late_sound=late_sound)
    later = film(ffmpeg, "b.ts", 2.6, *two, "-output_ts_offset", "2.4", first=2.4, **second)
    return joined(ffmpeg, first, later)
