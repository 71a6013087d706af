"""Whether a source is whole, and all of it came out."""

from collections.abc import Sequence

from stoker.video.outputs.finish import MadeOutput
from stoker.video.source.film import Film

MISSING_SECONDS = 0.5
MISSING_SHARE = 0.01
"""A film that is shorter than it should be by more than both has lost its end. Containers round, so not 0."""

PARTIAL = "partial file"
"""What ffmpeg's MOV demuxer says where a sample lies beyond the end of the file."""

SIZED = {"avi", "wav"}
"""Formats whose demuxers shorten the duration of a file that is cut off, so that its size alone shows it."""

DECLARING = {"mov", "matroska", "flv", "asf", "flac", "mp3", "caf", "aiff"}
"""Formats that hold a duration. The demuxers of others guess it from bit rates, or read the last time in the file."""


def misses(wanted: float, found: float) -> bool:
    """Whether so much is missing that it can't be a rounding.

    Args:
        wanted: Seconds that there should be.
        found: Seconds that there are.
    """
    return wanted - found > max(MISSING_SECONDS, MISSING_SHARE * wanted)


def is_cut_off(film: Film, made: Sequence[MadeOutput], complaint: str) -> bool:
    """Whether the source ends before its own end, as far as the outputs need it.

    A duration that the container holds counts only if the container does not show that the file is whole: a wrong
    number in a header is no reason to refuse a film. Of a source whose packets were not read, the container's durations
    are believed, so that the answer may be wrong: read them before refusing it.

    Args:
        film: The source.
        made: What came out.
        complaint: What ffmpeg wrote to standard error.
    """
    playing = [output for output in made if output.of]
    if PARTIAL in complaint:
        return True
    declared, reached = _declared(film), film.info.reached_seconds
    if playing and declared and reached is not None and misses(film.part_of(declared), film.part_of(reached)):
        return True
    return any(misses(_expected(film, output), output.duration_seconds or 0) for output in playing)


def _declared(film: Film) -> float | None:
    """How long the source should play, where its container holds that; None where it does not, or is whole."""
    info, names = film.info, set(film.info.container.split(","))
    if info.missing_share == 0:
        return None
    if names & SIZED:
        share = info.missing_share
        return None if share is None or share == 1 else (info.reached_seconds or 0) / (1 - share)
    if "mp3" in names and info.missing_share is None:
        return None
    return info.told_seconds if names & DECLARING else None


def _expected(film: Film, output: MadeOutput) -> float:
    """How long an output should play: to the end of its tracks, from where a decoder can begin."""
    tracks = [film.video if "video" in output.of else None, film.audio if "audio" in output.of else None]
    seconds = [0.0]
    for track in tracks:
        if track is not None:
            end = film.info.duration_seconds if track.end_seconds is None else track.end_seconds
            seconds.append(film.part_of(end) - max(0.0, track.decodable_seconds - film.start))
    return max(seconds)
