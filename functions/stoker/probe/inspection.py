"""The first inspection of a source. A format that is not accepted is refused by its name; other files are probed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from stoker import config
from stoker.errors import InputTooLarge, TruncatedMedia
from stoker.probe.animations import Animation, TooManyBlocks, animation
from stoker.probe.probe import Colours, MediaInfo, NotReadable, Prober, VideoStream
from stoker.probe.ranged_source import Remote
from stoker.probe.read_at import ReadAt, reader
from stoker.probe.refusals import too_large, unsupported, wrong_format
from stoker.probe.signatures import HEAD_BYTES, PICTURES_IN_MP4, signature
from stoker.sandbox.diagnosis import error_output_of
from stoker.sandbox.error_causes import cause
from stoker.sandbox.formats import CONTAINERS

MAYBE_MOVING = {"GIF", "PNG", "WebP"}
"""Signatures of still pictures, which animations have, too."""

BT601 = Colours(matrix=6, full_range=False)
RGB = Colours(matrix=0, full_range=True)
"""The colours of a WebP. Source: https://developers.google.com/speed/webp/docs/riff_container (VP8 is BT.601)."""


def inspect_source(prober: Prober, source: Path | Remote, name: str, *, sound: bool, language: str = "") -> MediaInfo:
    """Return what a source holds.

    Args:
        prober: The process that opens the source.
        source: The source.
        name: The file's name that the user gave.
        sound: Whether all outputs are of sound.
        language: The language of the sound to prefer.

    Raises:
        UnsupportedMedia: The source can't be read, or has a format that is not accepted.
        InputTooLarge: The source is an animation beyond a limit.
        TruncatedMedia: The source is an animation that is cut off.
    """
    with _opened(source) as (read, size):
        head = read(0, HEAD_BYTES)
        found = signature(head)
        moving = _animation(read, size, name) if found and found.name in MAYBE_MOVING else None
    if found and (found in PICTURES_IN_MP4 or (found.name in MAYBE_MOVING and (moving is None or moving.frames < 2))):
        raise wrong_format(name, found, sound=sound)
    if moving and moving.kind == "WebP":
        return _webp(moving)
    try:
        info = prober.probe(source, CONTAINERS, language=language)
        return _lasting(info, moving.seconds) if moving else info
    except NotReadable as reason:
        if found:
            raise wrong_format(name, found, sound=sound) from None
        output = error_output_of(source) if isinstance(source, Path) else ""
        raise unsupported(name, output if cause(output) else str(reason), sound=sound) from None


@contextmanager
def _opened(source: Path | Remote) -> Iterator[tuple[ReadAt, int]]:
    """Open a file, and yield a function that reads bytes at an offset, and the file's size in bytes."""
    if isinstance(source, Remote):
        yield lambda offset, length: source.read(offset, min(length, source.size - offset)), source.size
        return
    with source.open("rb") as file:
        yield reader(file), source.stat().st_size


def _animation(read: ReadAt, size: int, name: str) -> Animation | None:
    if size > config.MAX_ANIMATION_BYTES:
        most = config.MAX_ANIMATION_BYTES // 1024**2
        raise InputTooLarge(f"The picture {name!r} has more than {most} MiB. Upload it as an MP4 or WebM.")
    too_many = InputTooLarge(
        f"The picture {name!r} has more than {config.MAX_ANIMATION_FRAMES:,} frames. Upload it as an MP4 or WebM."
    )
    try:
        moving = animation(read)
    except TooManyBlocks:
        raise too_many from None
    if moving and moving.width * moving.height > config.MAX_SOURCE_PIXELS:
        raise too_large(name)
    if moving and moving.frames > config.MAX_ANIMATION_FRAMES:
        raise too_many
    if moving and moving.frames > 1 and not moving.whole:
        raise TruncatedMedia(f"The file {name!r} is cut off before its end. Upload it again, whole.")
    return moving


def _lasting(info: MediaInfo, seconds: float | None) -> MediaInfo:
    """Return the info of a file of one stream, with its duration replaced."""
    video = replace(info.video, duration_seconds=seconds) if info.video else None
    audio = replace(info.audio, duration_seconds=seconds) if info.audio else None
    return replace(info, duration_seconds=seconds, video=video, audio=audio)


def _webp(moving: Animation) -> MediaInfo:
    """Return the info of an animated WebP. PyAV's ffmpeg can't read it, but the ffmpeg that makes the outputs can."""
    video = VideoStream(
        index=0,
        codec="webp",
        width=moving.width,
        height=moving.height,
        square_pixels=True,
        frames_per_second=moving.frames / moving.seconds,
        duration_seconds=moving.seconds,
        pixel_format="yuva420p" if moving.lossy else "argb",
        colours=BT601 if moving.lossy else RGB,
        progressive=True,
        last_seconds=moving.last_seconds,
        stills=moving.stills,
    )
    return MediaInfo(moving.seconds, 1, video, None, "webp_anim", measured=True)
