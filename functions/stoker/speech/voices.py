"""The choice of a voice. If there is no such voice, the error lists the voices that there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from stoker.errors import UnknownLanguage, UnknownVoice
from stoker.languages import compared

DEFAULT_LANGUAGE = "en-US"
NAMES_LISTED = 40
"""The most names in an error message. People read no further."""


@dataclass(frozen=True)
class Voice:
    """A voice of an engine.

    Attributes:
        name: The name by which the engine selects the voice.
        languages: The BCP 47 tags of the languages that it speaks, its main language first.
    """

    name: str
    languages: tuple[str, ...]


def choose_voice(voices: Sequence[Voice], language: str | None, name: str | None) -> Voice:
    """Choose a voice by language and name.

    Args:
        voices: All voices of the engine. Of the voices that speak a language, the first is chosen.
        language: The language, a BCP 47 tag in any of the forms that `stoker.languages` knows. None for the language of
            the named voice, or for `DEFAULT_LANGUAGE` without a name.
        name: The name of the wanted voice, in upper or lower case; None for any voice.

    Raises:
        UnknownLanguage: No voice speaks the language.
        UnknownVoice: There is no such voice, or it does not speak the language.

    Example:
        >>> voices = [Voice("en-gb", ("en-gb", "en")), Voice("de", ("de",))]
        >>> choose_voice(voices, "de-AT", None).name
        'de'
        >>> choose_voice(voices, "de", "en-gb")
        Traceback (most recent call last):
        ...
        stoker.errors.UnknownVoice: The voice 'en-gb' does not speak 'de'. Voices that do: de.
    """
    named = [voice for voice in voices if name is not None and voice.name.lower() == name.lower()]
    if name is not None and language is None:
        if not named:
            raise UnknownVoice(f"There is no voice {name!r}. There are: {_listed([one.name for one in voices])}.")
        return named[0]
    language = language or DEFAULT_LANGUAGE
    speakers = _speakers(voices, language)
    if not speakers:
        tags = {voice.languages[0] for voice in voices}
        raise UnknownLanguage(f"No voice speaks {language!r}. There are voices for: {', '.join(sorted(tags))}.")
    if name is None:
        return speakers[0]
    if named and named[0] in speakers:
        return named[0]
    wrong = f"The voice {name!r} does not speak {language!r}." if named else f"There is no voice {name!r}."
    raise UnknownVoice(f"{wrong} Voices that do: {_listed([one.name for one in speakers])}.")


def _speakers(voices: Sequence[Voice], language: str) -> list[Voice]:
    """Return the voices that speak a language, the best match first.

    A voice whose name is the language comes first, because for `fr`, eSpeak NG lists `fr-BE` before `fr`. Then come
    voices with exactly this tag, and voices with a longer tag, such as `pt-br` for `pt`. If no voice matches, the last
    part of the tag is dropped: for `de-AT`, `de` is searched.
    """
    wanted = compared(language)
    tags = {voice: [compared(tag) for tag in voice.languages] for voice in voices}
    while True:
        exact = [voice for voice in voices if wanted in tags[voice]]
        close = [voice for voice in voices if any(tag.startswith(f"{wanted}-") for tag in tags[voice])]
        if exact or close or "-" not in wanted:
            found = exact + [voice for voice in close if voice not in exact]
            return sorted(found, key=lambda voice: compared(voice.name) != wanted)
        wanted = wanted.rpartition("-")[0]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_LISTED
    return ", ".join(names[:NAMES_LISTED]) + (f" and {more} more" if more > 0 else "")
