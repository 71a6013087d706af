"""The choice of one picture and one sound among a file's tracks. The child process that opens files imports it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NO_FILM = frozenset({"attached_pic", "timed_thumbnails", "still_image", "dependent", "metadata"})
"""Dispositions of pictures that are not a film: covers, thumbnails, stills, and layers that need another track.
Source: https://ffmpeg.org/doxygen/trunk/group__lavf__decoding.html (AV_DISPOSITION)"""

SPECIAL = frozenset(
    {
        *("comment", "visual_impaired", "descriptions", "hearing_impaired", "karaoke", "lyrics"),
        *("clean_effects", "non_diegetic", "dependent", "metadata"),
    }
)
"""Dispositions of sounds that few listeners want as the only sound: commentaries, descriptions, parts of a mix."""

SPECIAL_TITLE = re.compile(r"\bcommentary\b|\baudio[ -]?descri|\bdescriptive\b", re.IGNORECASE)
"""Titles of such sounds. They decide if the container, or the program that wrote it, knows no dispositions."""

THUMBNAIL_AREA, THUMBNAIL_RATE = 4, 5
"""A track is a thumbnail track if another picture has at least 4 times its pixels and 5 times its frame rate. Programs
flag a thumbnail track as default if it is the first track."""


@dataclass(frozen=True)
class Track:
    """A picture or a sound of a file.

    Attributes:
        index: The index among the streams of the file.
        flags: ffmpeg's names of its dispositions, such as `default` and `comment`.
        area: Pixels of a frame; 0 for a sound.
        rate: Frames a second; 0 for a sound, and if it is unknown.
        language: The language that the container gives, such as `ger` or `de-AT`.
        title: The title that the container gives.
    """

    index: int
    flags: frozenset[str] = frozenset()
    area: int = 0
    rate: float = 0
    language: str = ""
    title: str = ""


def pictures(tracks: Sequence[Track]) -> list[Track]:
    """Return the pictures that may be the film, the best first: thumbnails last, then the default, then the largest.

    Example:
        >>> small = Track(0, frozenset({"default"}), 160 * 90, 1)
        >>> [track.index for track in pictures([small, Track(1, frozenset(), 1280 * 720, 25)])]
        [1, 0]
    """
    films = [track for track in tracks if not track.flags & NO_FILM]

    def order(track: Track) -> tuple[bool, bool, int, int]:
        return is_thumbnail(track, films), "default" not in track.flags, -track.area, track.index

    return sorted(films, key=order)


def is_thumbnail(track: Track, films: Sequence[Track]) -> bool:
    """Return whether a picture looks like the thumbnail track of another picture."""
    return any(
        film.area >= THUMBNAIL_AREA * track.area and film.rate >= THUMBNAIL_RATE * track.rate > 0 for film in films
    )


def sounds(tracks: Sequence[Track], matches: Callable[[str], int]) -> list[Track]:
    """Return the sounds, the best first.

    The order is: the language that was asked for, sounds that are not special, the default sound, the first sound. The
    number of channels does not count: outputs are stereo, and a film's own stereo is better than a downmix.
    `av_find_best_stream` of ffmpeg is different: it takes the default that is not for the impaired, then the highest
    bit rate.

    Args:
        tracks: All sounds of the file.
        matches: Returns how well a track's language matches the language that was asked for; 0 for another language.
    """

    def order(track: Track) -> tuple[int, bool, bool, int]:
        special = bool(track.flags & SPECIAL or SPECIAL_TITLE.search(track.title))
        return -matches(track.language), special, "default" not in track.flags, track.index

    return sorted(tracks, key=order)
