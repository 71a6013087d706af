"""The subtitles inside a film: the tracks that there are, and the one that a job asks for.

The child process of the probe imports this file, too, and finds no package there: it must import nothing of `stoker`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

TEXT = ("mov_text", "subrip", "srt", "webvtt", "ass", "ssa", "text")
"""ffmpeg's decoders of subtitles that are text. Others, such as those of DVDs and Blu-ray discs, are pictures."""


@dataclass(frozen=True)
class TextTrack:
    """Subtitles inside a film.

    Attributes:
        index: Their place among the streams.
        codec: ffmpeg's name.
        language: What the file says; nothing where it does not, or says no language.
        default: Whether players show this track, unless they are asked for another one.
        forced: Whether the track has only what players show without being asked, such as translations of signs.
    """

    index: int
    codec: str
    language: str = ""
    default: bool = False
    forced: bool = False


class NoTextTrack(ValueError):
    """The film has no such subtitles; the message says what there is, and follows after `but`."""


def listed(streams: Sequence[Any]) -> list[dict[str, Any]]:
    """The subtitles of an open file, as fields of `TextTrack`.

    Args:
        streams: PyAV's streams of subtitles.
    """
    found = []
    for stream in streams:
        # The file wrote it: it is shown to the user, and so it must look like a language.
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


def chosen(tracks: Sequence[TextTrack], language: str | None, compared: Callable[[str], str]) -> TextTrack:
    """The track that a job asks for: of its language, else the default one, else the first.

    Args:
        tracks: All subtitles of a film, in its order.
        language: A language tag; None for any.
        compared: Makes tags of the same language equal.

    Raises:
        NoTextTrack: There is none.

    Example:
        >>> tracks = [TextTrack(2, "subrip", "eng"), TextTrack(3, "subrip", "de")]
        >>> chosen(tracks, "de", str.lower).index, chosen(tracks, None, str.lower).index
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
    """Whether a track of a language has what is wanted: `pt-BR` has `pt`, and `pt` may have `pt-BR`."""
    return given != "" and (given == wanted or given.startswith(f"{wanted}-") or wanted.startswith(f"{given}-"))
