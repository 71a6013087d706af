"""Films of several sizes and languages, for tests of HLS sets."""

from collections.abc import Callable
from pathlib import Path

from conftest import Ffmpeg

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def pictures(size: str = "160x90", rate: str = "25", seconds: int = 8) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}")


def sounds(*languages: str, seconds: int = 8) -> tuple[str, ...]:
    """A tone for each language, and all streams mapped."""
    inputs = [part for number in range(len(languages)) for part in ("-f", "lavfi", "-i", tone(number, seconds))]
    maps = [part for number in range(1 + len(languages)) for part in ("-map", str(number))]
    tags = [part for number, name in enumerate(languages) for part in (f"-metadata:s:a:{number}", f"language={name}")]
    return (*inputs, *maps, *tags, "-c:a", "aac")


def tone(number: int, seconds: int) -> str:
    return f"sine=frequency={300 * (number + 1)}:duration={seconds}"


def two_languages(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("two.mkv", *pictures(), *sounds("ger", "eng"), *H264)


def sound_alone(ffmpeg: Ffmpeg) -> Path:
    return ffmpeg("song.m4a", "-f", "lavfi", "-i", tone(0, 14), "-c:a", "aac")


Source = Callable[[Ffmpeg], Path]
