"""From what was asked for and what there is to one ffmpeg command: a single decode feeds every output."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stoker import config
from stoker.media.ffmpeg import input_options
from stoker.media.probe import MediaInfo, VideoStream
from stoker.models.video import Mp4Output, PosterOutput

CONSTANT_RATE_FACTOR = {"low": 28, "medium": 23, "high": 19}
"""x264's own scale; 23 is its default, and 6 more halve the bit rate.
Source: https://trac.ffmpeg.org/wiki/Encode/H.264#crf"""

AUDIO_BITS_PER_SECOND = 128_000
"""Stereo AAC that few can tell from the source. Source: https://trac.ffmpeg.org/wiki/Encode/AAC"""

MAX_FRAMES_PER_SECOND = 60
SEEK_SECONDS = 20
"""How far before a poster's time its reading begins, so that a film that ends a little early still has a last frame."""

POSTER_AT = 0.1
"""Where a poster is taken by default, as a share of the duration: past black and titles."""


@dataclass(frozen=True)
class PlannedFile:
    """A file that the command will write.

    Attributes:
        name: Its name in the working folder, and in Storage.
        plays: Whether it has a duration.
    """

    kind: str
    name: str
    content_type: str
    width: int
    height: int
    plays: bool


@dataclass(frozen=True)
class Plan:
    """An ffmpeg command, and what it will make.

    Attributes:
        arguments: For `run_ffmpeg`.
        files: In the order in which they were asked for.
    """

    arguments: list[str]
    files: list[PlannedFile]


def plan(source: str, info: MediaInfo, video: VideoStream, outputs: Sequence[Mp4Output | PosterOutput]) -> Plan:
    """Plans the command.

    Args:
        source: The source's path, relative to the working folder.
        info: What the source holds.
        video: Its film.
        outputs: What was asked for.
    """
    if not any(isinstance(output, Mp4Output) for output in outputs):
        return _posters(source, info, video, [output for output in outputs if isinstance(output, PosterOutput)])
    names: set[str] = set()
    branches: list[str] = []
    writes: list[str] = []
    files: list[PlannedFile] = []
    for number, output in enumerate(outputs):
        if isinstance(output, Mp4Output):
            filters, options, file = _mp4(output, info, video)
        else:
            filters, options, file = _poster(output, video, _poster_at(output, info, video))
        file = _renamed(file, names)
        branches.append(f"[in{number}]{','.join(filters)}[out{number}]")
        writes += ["-map", f"[out{number}]", *options, file.name]
        files.append(file)
    inputs = "".join(f"[in{number}]" for number in range(len(outputs)))
    split = f"[0:{video.index}]split={len(outputs)}{inputs}"
    arguments = [*input_options(), "-i", source, "-filter_complex", ";".join([split, *branches]), *writes]
    return Plan(arguments, files)


def _posters(source: str, info: MediaInfo, video: VideoStream, outputs: Sequence[PosterOutput]) -> Plan:
    """Posters alone: each jumps to its place, since nothing else needs what lies before it."""
    names: set[str] = set()
    inputs: list[str] = []
    writes: list[str] = []
    files: list[PlannedFile] = []
    for number, output in enumerate(outputs):
        at = _poster_at(output, info, video)
        start = max(0, at - SEEK_SECONDS)
        filters, options, file = _poster(output, video, at - start)
        file = _renamed(file, names)
        inputs += [*input_options(), "-ss", f"{start:.3f}", "-i", source]
        writes += ["-map", f"{number}:{video.index}", "-vf", ",".join(filters), *options, file.name]
        files.append(file)
    return Plan([*inputs, *writes], files)


def _mp4(output: Mp4Output, info: MediaInfo, video: VideoStream) -> tuple[list[str], list[str], PlannedFile]:
    width, height = _fitted(video, output.height / video.height)
    file = PlannedFile("mp4", f"video-{height}p.mp4", "video/mp4", width, height, plays=True)
    filters = [*_scale(file, video), "format=yuv420p"]
    if video.frames_per_second > MAX_FRAMES_PER_SECOND:
        filters.insert(0, f"fps={MAX_FRAMES_PER_SECOND}")
    options = [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(CONSTANT_RATE_FACTOR[output.quality])),
        *_sound(info),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart"),
        *("-t", str(config.MAX_SOURCE_SECONDS), "-f", "mp4"),
    ]
    return filters, options, file


def _sound(info: MediaInfo) -> list[str]:
    if info.audio is None:
        return ["-an"]
    bits = str(AUDIO_BITS_PER_SECOND)
    return ["-map", f"0:{info.audio.index}", "-c:a", "aac", "-b:a", bits, "-ac", "2", "-ar", "48000"]


def _poster(output: PosterOutput, video: VideoStream, at: float) -> tuple[list[str], list[str], PlannedFile]:
    width, height = _fitted(video, output.width / video.width)
    file = PlannedFile("poster", "poster.jpg", "image/jpeg", width, height, plays=False)
    # The last frame stands still beyond its time, so that any time up to the end has a picture.
    filters = [f"tpad=stop_mode=clone:stop_duration={at + 1:.3f}", f"select=gte(t\\,{at:.3f})", *_scale(file, video)]
    options = ["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-map_metadata", "-1", "-f", "image2", "-update", "1"]
    return filters, options, file


def _poster_at(output: PosterOutput, info: MediaInfo, video: VideoStream) -> float:
    """Seconds from the start."""
    duration = video.duration_seconds or info.duration_seconds or 0
    return min(duration * POSTER_AT if output.at is None else output.at, duration)


def _scale(file: PlannedFile, video: VideoStream) -> list[str]:
    if (file.width, file.height) == (video.width, video.height) and video.square_pixels:
        return []
    return [f"scale={file.width}:{file.height}:flags=lanczos", "setsar=1"]


def _fitted(video: VideoStream, share: float) -> tuple[int, int]:
    """The picture's size at a share of its own, never enlarged, and even: 4:2:0 halves the colour both ways."""
    share = min(share, 1)
    # Rounded to the nearest, but not beyond the source.
    width, height = (max(2, min(round(side * share / 2), side // 2) * 2) for side in (video.width, video.height))
    return width, height


def _renamed(file: PlannedFile, names: set[str]) -> PlannedFile:
    stem, _, ending = file.name.rpartition(".")
    name, number = file.name, 1
    while name in names:
        number += 1
        name = f"{stem}-{number}.{ending}"
    names.add(name)
    return replace(file, name=name)
