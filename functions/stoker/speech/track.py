"""The sound of a whole text: utterances joined by exact silences, and the times of the words."""

import wave
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from stoker import config
from stoker.errors import InputTooLarge
from stoker.speech.engine import Mark, Utterance
from stoker.speech.sentences import Break
from stoker.speech.words import word_spans

PAUSE_SECONDS: dict[Break, float] = {"clause": 0.0, "sentence": 0.4, "paragraph": 0.8}
"""The silence after the end of a clause, a sentence or a paragraph, in seconds, at the voice's normal speed."""

EDGE_SECONDS = 0.25
"""The silence before the first sound and after the last, in seconds. Players fade in, and the measurement of loudness
needs 0.4 s."""

AUDIBLE_SHARE = 1 / 250
"""The share of an utterance's peak (-48 dB) up to which a sample counts as silence, because the voice has died away."""

LEAST_AUDIBLE = 16
"""The value of a sample (-66 dBFS) up to which it always counts as silence."""

STEP = 16
"""The samples of a step in the search for silence, which is less than a millisecond."""


@dataclass(frozen=True)
class Word:
    """A word, and the time at which it is spoken.

    Attributes:
        text: The word, with the punctuation beside it.
        start: The start in seconds.
        end: The end in seconds.
        position: The position in the text of the job, in characters.
        place: The position in the sentence, in characters.
    """

    text: str
    start: float
    end: float
    position: int
    place: int


@dataclass(frozen=True)
class SpokenSentence:
    """A sentence, and the time at which it is spoken.

    Attributes:
        text: The sentence.
        position: The position in the text of the job, in characters.
        start: The start of its first sound, in seconds.
        end: The end of its last sound, in seconds.
        words: The words, at least one.
    """

    text: str
    position: int
    start: float
    end: float
    words: Sequence[Word]


class SpeechTrack:
    """A WAV file (mono, 16 bits) to which utterances are added. Use it as a context manager.

    Args:
        file: The file to write.
        sample_rate: The sample rate, in samples per second.
        speed: The speed of the speech, as a multiple of the voice's normal speed. Silences become shorter with it.
    """

    def __init__(self, file: Path, sample_rate: int, speed: float = 1.0) -> None:
        self._wave = wave.open(str(file), "wb")  # noqa: SIM115 (the track is the context manager)
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(sample_rate)
        self._sample_rate = sample_rate
        self._speed = speed
        self._samples = 0
        self._pause = EDGE_SECONDS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self._silence(EDGE_SECONDS)
        self._wave.close()

    @property
    def seconds(self) -> float:
        """The duration so far, in seconds."""
        return self._seconds(self._samples)

    def add(self, utterance: Utterance) -> SpokenSentence | None:
        """Add an utterance, without the silence that the engine has put around it.

        Args:
            utterance: The utterance.

        Returns:
            The sentence with its times; None if the utterance has no sound.

        Raises:
            InputTooLarge: The track is longer than `config.MAX_SPEECH_SECONDS`.
        """
        samples = array("h", utterance.sound)
        threshold = max(LEAST_AUDIBLE, int(_peak(samples) * AUDIBLE_SHARE))
        first, last = _audible(samples, threshold)
        if first is None or last is None:
            return None
        self._silence(self._pause)
        offset = self._samples - first
        self._write(samples[first:last])
        self._pause = PAUSE_SECONDS[utterance.sentence.ends] / self._speed
        if self.seconds > config.MAX_SPEECH_SECONDS:
            hours = config.MAX_SPEECH_SECONDS // 3600
            raise InputTooLarge(
                f"The text takes more than {hours} hours to speak. Cut it into parts, or choose a higher speed."
            )
        text = utterance.sentence.text
        spans = word_spans(text)
        starts = _starts(spans, utterance.marks, first, last)
        words = []
        for number, (begin, end) in enumerate(spans):
            until = starts[number + 1] if number + 1 < len(spans) else last
            ends = _last_audible(samples, starts[number], until, threshold)
            words.append(
                Word(
                    text[begin:end],
                    self._seconds(starts[number] + offset),
                    self._seconds(ends + offset),
                    utterance.sentence.position(begin),
                    begin,
                )
            )
        return SpokenSentence(
            text, utterance.sentence.start, self._seconds(first + offset), self._seconds(last + offset), words
        )

    def _seconds(self, samples: int) -> float:
        return samples / self._sample_rate

    def _silence(self, seconds: float) -> None:
        self._write(array("h", bytes(2 * round(seconds * self._sample_rate))))

    def _write(self, samples: "array[int]") -> None:
        self._wave.writeframesraw(samples.tobytes())
        self._samples += len(samples)


def _peak(samples: "array[int]") -> int:
    return max(max(samples), -min(samples)) if samples else 0


def _audible(samples: "array[int]", threshold: int) -> tuple[int, int] | tuple[None, None]:
    """Return the index of the first audible sample, and the index after the last; None if no sample is audible."""
    first = next((number for number, value in enumerate(samples) if abs(value) > threshold), None)
    if first is None:
        return None, None
    last = next(number for number in range(len(samples) - 1, -1, -1) if abs(samples[number]) > threshold)
    return first, last + 1


def _last_audible(samples: "array[int]", start: int, end: int, threshold: int) -> int:
    """Return the index of the sample at which a word has died away, before the next word begins."""
    while end - STEP > start and _peak(samples[end - STEP : end]) <= threshold:
        end -= STEP
    return end


def _starts(spans: Sequence[tuple[int, int]], marks: Sequence[Mark], first: int, last: int) -> list[int]:
    """Return the sample at which each word begins.

    The engine's marks give the starts. Between them, starts are estimated from the number of characters.
    """
    known = [(spans[0][0], first)]
    for begin, end in spans[1:]:
        inside = [mark.sample for mark in marks if begin <= mark.position < end]
        if inside and known[-1][1] <= inside[0] < last:
            known.append((begin, inside[0]))
    known.append((spans[-1][1], last))
    positions = [position for position, _ in known]
    starts = []
    for begin, _ in spans:
        at = bisect_right(positions, begin) - 1
        (left, start), (right, end) = known[at], known[min(at + 1, len(known) - 1)]
        starts.append(start + (end - start) * (begin - left) // max(right - left, 1))
    return starts
