"""The input of an `audio-generation` job."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from stoker.models.document import LanguageTag, Loudness, Model

MAX_TEXT_CHARACTERS = 100_000
"""The longest text: about two hours of speech."""

AudioFormat = Literal["mp3", "ogg", "m4a", "wav"]
LineEnds = Literal["join", "keep"]


def _no_control_characters(text: str) -> str:
    """Voices take some of them for commands, and none of them can be spoken. Lines may end as on any system."""
    for position, character in enumerate(text):
        if unicodedata.category(character) == "Cc" and character not in "\n\r\t":
            raise ValueError(
                f"holds the control character U+{ord(character):04X} at position {position}; "
                "only newlines and tabs are allowed"
            )
    return text


class AudioInput(Model):
    """What to speak, and how.

    Attributes:
        text: Plain text; whatever looks like markup is spoken as it stands. A blank line ends a paragraph.
        lines: `join` reads a new line as a space. With `keep`, each line ends as a sentence does, as in poems.
        markdown: True if the text is Markdown: headings, items and rows end as sentences do, and no mark is spoken.
        language: A BCP 47 tag, such as `en-US` or `de`, also in older forms (`iw`, `de_DE`); the voice's own where
            it is left out, or else `en-US`.
        voice: A voice of the engine that speaks, such as `en-US-Neural2-C`, or `en-gb` for the embedded one.
        speed: Times the voice's own.
        pitch: Semitones above the voice's own.
        format: MP3, Opus in Ogg, AAC in MP4, or 16-bit PCM.
        loudness: Integrated, in LUFS, as a listener hears it who has two loudspeakers.
        captions: Whether to make captions (WebVTT) and word timings (JSON).

    Example:
        >>> AudioInput.from_firestore({"text": "Hello.", "format": "ogg"}).loudness
        -16.0
    """

    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS), AfterValidator(_no_control_characters)]
    lines: LineEnds = "join"
    markdown: bool = False
    language: LanguageTag | None = None
    voice: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    pitch: Annotated[float, Field(ge=-20, le=20)] = 0.0
    format: AudioFormat = "mp3"
    loudness: Loudness = -16.0
    captions: bool = True
