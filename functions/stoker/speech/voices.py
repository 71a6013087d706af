"""Which voice speaks: what was asked for, found among what there is, or refused with what there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from stoker.errors import UnknownLanguage, UnknownVoice
from stoker.languages import compared

DEFAULT_LANGUAGE = "en-US"
NAMES_LISTED = 40
"""More than that, nobody reads."""


@dataclass(frozen=True)
class Voice:
    """A voice of an engine.

    Attributes:
        name: What selects it.
        languages: BCP 47 tags of what it speaks, its own first.
    """

    name: str
    languages: tuple[str, ...]


def choose_voice(voices: Sequence[Voice], language: str | None, name: str | None) -> Voice:
    """Finds a voice.

    Args:
        voices: All of the engine's; of those that speak a language, the first is the one to choose.
        language: A BCP 47 tag, in any of the forms that `languages` knows; the voice's own where it is None, or else
            `DEFAULT_LANGUAGE`.
        name: The voice that is wanted, in capitals or not.

    Raises:
        UnknownLanguage: No voice speaks it.
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
    """Those that speak exactly this; else the language without its region (`de` for `de-AT`), or with any (`pt-br`
    for `pt`). A voice that is named as the language comes first: for `fr`, eSpeak NG lists `fr-BE` before `fr`."""
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
