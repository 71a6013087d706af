"""The interface of a speech engine: it lists its voices and speaks sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from stoker.speech.sentences import Sentence
from stoker.speech.voices import Voice


@dataclass(frozen=True)
class Mark:
    """The time at which a place in a sentence is spoken.

    Attributes:
        position: The place, in characters from the start of the sentence.
        sample: The time, in samples from the start of the utterance.
    """

    position: int
    sample: int


@dataclass(frozen=True)
class Utterance:
    """The sound of a sentence, as an engine has spoken it.

    Attributes:
        sentence: The sentence.
        sound: The samples: mono, 16 bits, in the byte order of the machine.
        marks: The times at which its words begin; empty if the engine does not report them.
    """

    sentence: Sentence
    sound: bytes
    marks: Sequence[Mark]


class Engine(Protocol):
    """A speech engine.

    Attributes:
        name: The engine's name in `config.speech_engine`.
        sample_rate: The sample rate of its sound, in samples per second.
    """

    name: str
    sample_rate: int

    def voices(self) -> Sequence[Voice]:
        """Return all voices of the engine."""

    def speed(self, voice: Voice, wanted: float) -> float:
        """Return the speed that the engine can speak with, nearest to the wanted speed.

        Args:
            voice: The voice.
            wanted: The wanted speed, as a multiple of the voice's normal speed.
        """

    def pitch(self, voice: Voice, wanted: float) -> float:
        """Return the pitch that the engine can speak with, nearest to the wanted pitch.

        Args:
            voice: The voice.
            wanted: The wanted pitch, in semitones above the voice's normal pitch.
        """

    def unread(self, voice: Voice, text: str) -> list[str]:
        """Return the letters of a text that the voice can't read as words, so that it names or skips them, in order."""

    def speak(self, sentences: Sequence[Sentence], voice: Voice, speed: float, pitch: float) -> Iterator[Utterance]:
        """Speak sentences. Yield an utterance for each, in order.

        Args:
            sentences: The sentences.
            voice: One of `voices`.
            speed: A speed that the method `speed` returned.
            pitch: A pitch that the method `pitch` returned.

        Raises:
            SpeechRefused: The engine refuses a sentence.
            TransientError: The engine stopped, got stuck, or did not answer.
        """
