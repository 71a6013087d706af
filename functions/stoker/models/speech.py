"""The input of an `audio-generation` job."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from stoker.models.document import LanguageTag, Loudness, Model

MAX_TEXT_CHARACTERS = 100_000
"""The characters of the longest text, which is about two hours of speech."""

AudioFormat = Literal["mp3", "ogg", "m4a", "wav"]
LineEnds = Literal["join", "keep"]


def _no_control_characters(text: str) -> str:
    """Refuse control characters: none can be spoken, and voices take some of them for commands.

    The ends of lines of all systems are allowed, and tabs.
    """
    for position, character in enumerate(text):
        if unicodedata.category(character) == "Cc" and character not in "\n\r\t":
            raise ValueError(
                f"holds the control character U+{ord(character):04X} at position {position}; "
                "only newlines and tabs are allowed"
            )
    return text


class AudioInput(Model):
    """The input of an `audio-generation` job: a text to speak.

    Attributes:
        text: The text. Markup in it is spoken as it is written, unless `markdown` is true. A blank line ends a
            paragraph.
        lines: The meaning of a line break: with `join`, it is a space. With `keep`, it ends a sentence, as in poems.
        markdown: True if the text is Markdown. Then headings, list items and table rows end as sentences do, and the
            marks are not spoken.
        language: The language of the text: a BCP 47 tag, such as `en-US` or `de`. Older forms (`iw`, `de_DE`) pass too.
            If left out, it is the language of `voice`, or `en-US` without a `voice`.
        voice: The name of a voice of the speech engine, such as `en-US-Neural2-C` of Google or `en-gb` of eSpeak NG.
            If left out, a voice of the language is chosen.
        speed: The speed, as a multiple of the voice's normal speed.
        pitch: The pitch, in semitones above the voice's normal pitch.
        format: The format of the sound: `mp3`, `ogg` (Opus), `m4a` (AAC) or `wav` (16-bit PCM).
        loudness: The integrated loudness, in LUFS, as heard from two loudspeakers.
        captions: True if the job makes captions (WebVTT) and the times of the words (JSON).

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
