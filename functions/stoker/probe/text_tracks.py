"""The subtitle tracks inside a film, and the choice of the track that a job asks for.

The child process that opens files imports this module.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

TEXT = ("mov_text", "subrip", "srt", "webvtt", "ass", "ssa", "text")
"""ffmpeg's decoders of subtitles that are text. Other subtitles, such as those of DVDs and Blu-ray discs, are pictures.
"""


@dataclass(frozen=True)
class TextTrack:
    """Subtitles inside a film.

    Attributes:
        index: The index among the streams of the file.
        codec: ffmpeg's name of the codec.
        language: The language that the file gives; empty if it gives none, or something that is not a language.
        default: Whether players show this track unless a viewer chooses another one.
        forced: Whether the track has only texts that players always show, such as translations of signs.
    """

    index: int
    codec: str
    language: str = ""
    default: bool = False
    forced: bool = False


class NoTextTrack(ValueError):
    """The film has no subtitles of this kind. The message says which subtitles there are, as a clause after "but"."""


def list_tracks(streams: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the subtitle tracks of an open file, as fields of `TextTrack`.

    Args:
        streams: PyAV's subtitle streams.
    """
    found = []
    for stream in streams:
        # Users see this text, and a file may have anything there. So only text that looks like a language is taken.
        language = re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}", stream.metadata.get("language", ""))
        flags = stream.disposition
        found.append(
            {
                "index": stream.index,
                "codec": stream.codec_context.name if stream.codec_context is not None else "unknown",
                "language": language[0] if language and language[0] != "und" else "",
                "default": bool(flags & type(flags).default),
                "forced": bool(flags & type(flags).forced),
            }
        )
    return found


def choose_track(tracks: Sequence[TextTrack], language: str | None, compared: Callable[[str], str]) -> TextTrack:
    """Return the track that a job asks for: among the tracks of its language the default track, else the first.

    Args:
        tracks: All subtitle tracks of a film, in the film's order.
        language: A language tag; None for any language.
        compared: Returns a form of a tag that is equal for all tags of the same language.

    Raises:
        NoTextTrack: There is no such track.

    Example:
        >>> tracks = [TextTrack(2, "subrip", "eng"), TextTrack(3, "subrip", "de")]
        >>> choose_track(tracks, "de", str.lower).index, choose_track(tracks, None, str.lower).index
        (3, 2)
    """
    texts = [track for track in tracks if track.codec in TEXT]
    if not tracks:
        raise NoTextTrack("it has no subtitles inside")
    if not texts:
        raise NoTextTrack("its subtitles are pictures, not text")
    if language is not None:
        texts = [track for track in texts if _speaks(compared(track.language), compared(language))]
    if not texts:
        named = sorted({track.language or "without a language" for track in tracks if track.codec in TEXT})
        raise NoTextTrack(f"none of its subtitles is in {language!r}; there are: {', '.join(named)}")
    return min(texts, key=lambda track: (not track.default, track.forced, track.index))


def _speaks(given: str, wanted: str) -> bool:
    """Return whether a track's language matches: `pt-BR` matches a wish for `pt`, and `pt` matches one for `pt-BR`."""
    return given != "" and (given == wanted or given.startswith(f"{wanted}-") or wanted.startswith(f"{given}-"))
