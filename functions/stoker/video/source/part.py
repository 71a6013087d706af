"""The tracks of a source that have a picture or a sound in the part that a job asks for."""

from collections.abc import Collection
from dataclasses import replace

from stoker.errors import InvalidJob
from stoker.models.warnings import OutputWarning
from stoker.probe.probe import AudioStream, MediaInfo, VideoStream


def plays_in_part(stream: VideoStream | AudioStream, start: float, end: float | None) -> bool:
    """Return whether a stream has a picture or a sound in a part of a source.

    A picture that has ended before the part counts, because its last frame stays on the screen.

    Args:
        stream: The stream.
        start: The start of the part, in seconds of the source.
        end: The end of the part; None for the end of the source.
    """
    over = isinstance(stream, AudioStream) and stream.end_seconds is not None and stream.end_seconds <= start
    return not over and (end is None or stream.start_seconds < end)


def tracks_in_part(
    info: MediaInfo, start: float, end: float | None, kinds: Collection[str], of_sound: Collection[str], name: str
) -> tuple[MediaInfo, tuple[OutputWarning, ...]]:
    """Return the source without the tracks that are empty in a part, and the warnings about them.

    Args:
        info: The content of the source.
        start: The start of the part, in seconds of the source.
        end: The end of the part; None for the end of the source.
        kinds: The kinds of the outputs.
        of_sound: The kinds that need sound, and no picture.
        name: The source's name that the user gave.

    Raises:
        InvalidJob: An output needs a track that is empty in the part.
    """
    warnings: tuple[OutputWarning, ...] = ()
    if info.audio and not plays_in_part(info.audio, start, end):
        problem = _empty_part("sound", info.audio, start, end, name)
        if set(kinds) & set(of_sound) or info.video is None:
            raise InvalidJob(f"{problem} Choose another part.")
        warnings = (OutputWarning(code="no-sound-in-part", message=f"{problem} The outputs are silent."),)
        info = replace(info, audio=None, sounds=())
    if info.video and not plays_in_part(info.video, start, end):
        if set(kinds) - set(of_sound):
            raise InvalidJob(f"{_empty_part('picture', info.video, start, end, name)} Choose another part.")
        info = replace(info, video=None)
    return info, warnings


def _empty_part(what: str, stream: VideoStream | AudioStream, start: float, end: float | None, name: str) -> str:
    later = end is not None and end <= stream.start_seconds
    where = f"begins at {stream.start_seconds:g} s" if later else f"ends at {stream.end_seconds:g} s"
    part = f"from {start:g} s on" if end is None else f"from {start:g} s to {end:g} s"
    return f"The {what} of {name!r} {where}, so the part {part} has none."
