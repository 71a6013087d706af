"""The choice among the tracks of a file: one picture and one sound. The child process that opens files imports it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NO_FILM = frozenset({"attached_pic", "timed_thumbnails", "still_image", "dependent", "metadata"})
"""Dispositions of pictures that are no film: covers, thumbnails, stills, and layers that need another track.
Source: https://ffmpeg.org/doxygen/trunk/group__lavf__decoding.html (AV_DISPOSITION)"""

SPECIAL = frozenset(
    {
        *("comment", "visual_impaired", "descriptions", "hearing_impaired", "karaoke", "lyrics"),
        *("clean_effects", "non_diegetic", "dependent", "metadata"),
    }
)
"""Dispositions of sounds that few listeners want as the only one: commentaries, descriptions, parts of a mix."""

SPECIAL_TITLE = re.compile(r"\bcommentary\b|\baudio[ -]?descri|\bdescriptive\b", re.IGNORECASE)
"""Titles of such sounds, where the container or its writer has no dispositions."""

THUMBNAIL_AREA, THUMBNAIL_RATE = 4, 5
"""A picture is a thumbnail track beside another that has at least so many times its pixels and its frame rate. Writers
flag such a track as default where it is the first."""


@dataclass(frozen=True)
class Track:
    """A picture or a sound of a file.

    Attributes:
        index: Its place among the streams.
        flags: Names of its dispositions, as ffmpeg has them: `default`, `comment`.
        area: Pixels of a frame; 0 for a sound.
        rate: Frames a second; 0 for a sound, and where it is unknown.
        language: As the container has it, such as `ger` or `de-AT`.
        title: As the container has it.
    """

    index: int
    flags: frozenset[str] = frozenset()
    area: int = 0
    rate: float = 0
    language: str = ""
    title: str = ""


def pictures(tracks: Sequence[Track]) -> list[Track]:
    """The pictures that may be the film, the best first: no thumbnails, then the default, then the largest.

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
    """Whether a picture looks like the small pictures that belong to another."""
    return any(
        film.area >= THUMBNAIL_AREA * track.area and film.rate >= THUMBNAIL_RATE * track.rate > 0 for film in films
    )


def sounds(tracks: Sequence[Track], matches: Callable[[str], int]) -> list[Track]:
    """The sounds, the best first: of the language that was asked for, no special sound, the default, the first.

    The number of channels does not count: outputs are stereo, and a maker's own stereo is better than a downmix.
    Compare `av_find_best_stream` of ffmpeg: the default that is not for the impaired, then the bit rate.

    Args:
        tracks: All of them.
        matches: How well a track's language is the one that was asked for; 0 where it is another.
    """

    def order(track: Track) -> tuple[int, bool, bool, int]:
        special = bool(track.flags & SPECIAL or SPECIAL_TITLE.search(track.title))
        return -matches(track.language), special, "default" not in track.flags, track.index

    return sorted(tracks, key=order)
