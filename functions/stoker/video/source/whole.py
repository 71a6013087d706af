"""The check that a source is not cut off, and that the outputs have all of it."""

from collections.abc import Sequence

from stoker.video.outputs.finish import MadeOutput
from stoker.video.source.film import Film

MISSING_SECONDS = 0.5
MISSING_SHARE = 0.01
"""A film has lost its end if it is too short by more than both limits. They are not 0, because containers round times.
"""

PARTIAL = "partial file"
"""The message of ffmpeg's MOV demuxer if a sample lies beyond the end of the file."""

SIZED = {"avi", "wav"}
"""Formats whose demuxers shorten the duration of a file that is cut off, so that only its size shows the loss."""

DECLARING = {"mov", "matroska", "flv", "asf", "flac", "mp3", "caf", "aiff"}
"""Formats that hold a duration. For other formats, the demuxers guess it from bit rates, or read the last timestamp."""


def misses(wanted: float, found: float) -> bool:
    """Return whether a duration is too short by more than rounding can explain.

    Args:
        wanted: The expected duration, in seconds.
        found: The actual duration, in seconds.
    """
    return wanted - found > max(MISSING_SECONDS, MISSING_SHARE * wanted)


def is_cut_off(film: Film, made: Sequence[MadeOutput], error_output: str) -> bool:
    """Return whether the source is cut off within the part that the outputs need.

    If the sizes in the container show that the file is whole, the container's duration is ignored: a wrong number in a
    header is no reason to refuse a film. If the packets of the source were not read, the container's durations are
    believed. Then the answer may be wrong, so read the packets before you refuse the source.

    Args:
        film: The film.
        made: The outputs.
        error_output: The error output of ffmpeg.
    """
    playing = [output for output in made if output.of]
    if PARTIAL in error_output:
        return True
    declared, reached = _declared(film), film.info.reached_seconds
    if playing and declared and reached is not None and misses(film.part_of(declared), film.part_of(reached)):
        return True
    return any(misses(_expected(film, output), output.duration_seconds or 0) for output in playing)


def _declared(film: Film) -> float | None:
    """Return the duration that the source should have, in seconds.

    It is None if the container holds no duration, and if the file is whole.
    """
    info, names = film.info, set(film.info.container.split(","))
    if info.missing_share == 0:
        return None
    if names & SIZED:
        share = info.missing_share
        return None if share is None or share == 1 else (info.reached_seconds or 0) / (1 - share)
    if "mp3" in names and info.missing_share is None:
        return None
    return info.declared_seconds if names & DECLARING else None


def _expected(film: Film, output: MadeOutput) -> float:
    """Return the duration that an output should have: from where a decoder can begin to the end of its tracks."""
    tracks = [film.video if "video" in output.of else None, film.audio if "audio" in output.of else None]
    seconds = [0.0]
    for track in tracks:
        if track is not None:
            end = film.info.duration_seconds if track.end_seconds is None else track.end_seconds
            seconds.append(film.part_of(end) - max(0.0, track.decodable_seconds - film.start))
    return max(seconds)
