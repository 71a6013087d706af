"""What an engine is: it knows its voices, and speaks sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from stoker.speech.sentences import Sentence
from stoker.speech.voices import Voice


@dataclass(frozen=True)
class Mark:
    """When a place in a sentence is spoken.

    Attributes:
        position: In characters from the sentence's start.
        sample: From the piece's start.
    """

    position: int
    sample: int


@dataclass(frozen=True)
class Utterance:
    """A sentence as an engine has spoken it.

    Attributes:
        sentence: What was spoken.
        sound: Samples: mono, 16 bits, as the machine orders them.
        marks: Where its words begin, as the engine tells it; none where it does not.
    """

    sentence: Sentence
    sound: bytes
    marks: Sequence[Mark]


class Engine(Protocol):
    """Speaks.

    Attributes:
        name: As `config.speech_engine` has it.
        sample_rate: Samples per second of what it speaks.
    """

    name: str
    sample_rate: int

    def voices(self) -> Sequence[Voice]:
        """Return every voice that it has."""

    def speed(self, voice: Voice, wanted: float) -> float:
        """Return the speed nearest to what is wanted that the voice has by itself, in times its own."""

    def pitch(self, voice: Voice, wanted: float) -> float:
        """Return the pitch nearest to what is wanted that the voice has by itself, in semitones above its own."""

    def unread(self, voice: Voice, text: str) -> list[str]:
        """Return the letters of a text that the voice is known to name or skip, rather than read, in their order."""

    def speak(self, sentences: Sequence[Sentence], voice: Voice, speed: float, pitch: float) -> Iterator[Utterance]:
        """Speak sentences, in their order.

        Args:
            sentences: What to speak.
            voice: Of `voices`.
            speed: As `speed` gave it.
            pitch: As `pitch` gave it.

        Raises:
            SpeechRefused: The engine does not take a sentence.
            TransientError: The engine stopped, got stuck, or did not answer.
        """
