"""The sounds among which a viewer can choose, one for each language."""

from dataclasses import dataclass
from itertools import count

from stoker.languages import bcp47
from stoker.probe.probe import AudioStream, MediaInfo
from stoker.video.source.part import plays_in_part

MAX_SOUNDS = 8
"""The largest number of sounds. Each must be encoded, and a menu has no room for more."""

MAX_NAME = 60
"""The longest name of a sound, in characters, as menus show it."""


@dataclass(frozen=True)
class ChosenSound:
    """A sound of the source that becomes a rendition.

    Attributes:
        stream: A sound of the source; None for the film's own sound, which other outputs have as well.
        language: A BCP 47 tag; None if the language is unknown.
        name: The name for viewers. No other sound has the same name.
    """

    stream: AudioStream | None
    language: str | None
    name: str


def chosen_sounds(info: MediaInfo, start: float = 0, end: float | None = None) -> list[ChosenSound]:
    """Return the film's own sound, and the first sound of each further language.

    Args:
        info: The content of the source.
        start: The start of the wanted part, in seconds of the source.
        end: The end of the part; None for the end of the source. Sounds that do not play within the part are left out.

    Example:
        >>> german, russian = AudioStream(1, "aac", 2, 9, language="ger"), AudioStream(2, "aac", 2, 9, language="rus")
        >>> [(sound.language, sound.name) for sound in chosen_sounds(MediaInfo(9, 2, None, german, sounds=(russian,)))]
        [('de', 'de'), ('ru', 'ru')]
    """
    if info.audio is None:
        return []
    languages = {bcp47(info.audio.language): info.audio}
    for stream in info.sounds:
        language = bcp47(stream.language)
        if stream.index != info.audio.index and language is not None and plays_in_part(stream, start, end):
            languages.setdefault(language, stream)
    chosen: list[ChosenSound] = []
    for language, stream in list(languages.items())[:MAX_SOUNDS]:
        name = _name(stream.title or language or "audio", {sound.name for sound in chosen})
        chosen.append(ChosenSound(None if stream is info.audio else stream, language, name))
    return chosen


def _name(wanted: str, taken: set[str]) -> str:
    short = "".join(letter for letter in " ".join(wanted.split()) if letter.isprintable())[:MAX_NAME].strip() or "audio"
    names = (short if number == 1 else f"{short} {number}" for number in count(1))
    return next(name for name in names if name.replace('"', "'") not in {one.replace('"', "'") for one in taken})
