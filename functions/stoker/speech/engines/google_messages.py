"""The requests to the Cloud Text-to-Speech API, and its answers."""

import base64
import binascii
import io
import json
import wave
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from stoker.speech.engine import Mark
from stoker.speech.voices import Voice
from stoker.speech.words import word_spans

MAX_REQUEST_BYTES = 5000
"""The most bytes of a request's text.
Source: https://cloud.google.com/text-to-speech/quotas (characters per request, counted in bytes)."""

MARKED_FAMILIES = ("Neural2", "Wavenet", "Standard", "News", "Casual")
"""The families of voices that report the time of a `<mark>` and can change their pitch, the preferred first. Voices of
other families (Chirp, Studio, Journey) get plain text.
Source: https://cloud.google.com/text-to-speech/docs/voice-types"""

OTHER_NAMES = {"cmn": "zh", "nb": "no", "fil": "tl"}
"""The usual codes of some languages for which Google uses other codes."""


class BrokenAnswer(Exception):
    """An answer can't be read, because it is incomplete or does not come from the API."""


def request_body(text: str, voice: Voice, speed: float, pitch: float, sample_rate: int) -> dict[str, Any]:
    """Return the body of a request. If the voice reports the times of marks, there is a mark before each word.

    Args:
        text: The sentence.
        voice: The voice.
        speed: The speed, as a multiple of the voice's normal speed.
        pitch: The pitch, in semitones above the voice's normal pitch.
        sample_rate: The sample rate, in samples per second.
    """
    ssml = _ssml(text)
    marked = is_marked(voice) and len(ssml.encode()) <= MAX_REQUEST_BYTES
    audio: dict[str, Any] = {"audioEncoding": "LINEAR16", "sampleRateHertz": sample_rate}
    if speed != 1:
        audio["speakingRate"] = speed
    if pitch != 0:
        audio["pitch"] = pitch
    return {
        "input": {"ssml": ssml} if marked else {"text": text},
        "voice": {"languageCode": voice.languages[0], "name": voice.name},
        "audioConfig": audio,
        **({"enableTimePointing": ["SSML_MARK"]} if marked else {}),
    }


def read_answer(content: bytes, text: str, sample_rate: int) -> tuple[bytes, list[Mark]]:
    """Return the samples in an answer, and the marks of its words.

    Args:
        content: The answer.
        text: The sentence that was requested.
        sample_rate: The sample rate that was requested, in samples per second.

    Raises:
        BrokenAnswer: The answer can't be read.
    """
    try:
        answer = json.loads(content)
        with wave.open(io.BytesIO(base64.b64decode(answer["audioContent"], validate=True)), "rb") as sound:
            frames = sound.readframes(sound.getnframes())
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            if form != (1, 2, sample_rate) or len(frames) != 2 * sound.getnframes():
                raise BrokenAnswer(f"{form} with {len(frames)} bytes")
        times = [(int(one["markName"]), float(one["timeSeconds"])) for one in answer.get("timepoints", [])]
        starts = _marked(text)
        marks = [Mark(starts[number], round(seconds * sample_rate)) for number, seconds in times]
    except (ValueError, KeyError, IndexError, TypeError, EOFError, wave.Error, binascii.Error) as reason:
        raise BrokenAnswer(f"{type(reason).__name__}: {reason}") from reason
    return frames, marks


def _marked(text: str) -> list[int]:
    """Return the positions of the marks: before each word, but not inside Chinese or Japanese text.

    There, marks would make the voice pause after each character.
    """
    return [begin for begin, _ in word_spans(text) if begin == 0 or not text[begin - 1].isalnum()]


def _ssml(text: str) -> str:
    starts = [*_marked(text), len(text)]
    words = [
        f'<mark name="{number}"/>{escape(text[begin:end])}' for number, (begin, end) in enumerate(pairwise(starts))
    ]
    return f"<speak>{escape(text[: starts[0]])}{''.join(words)}</speak>"


def is_marked(voice: Voice) -> bool:
    """Return whether a voice reports the times of marks and can change its pitch."""
    return any(f"-{family}-" in voice.name for family in MARKED_FAMILIES)


def read_voices(content: bytes) -> list[Voice]:
    """Return the voices in an answer, the preferred first.

    Args:
        content: The answer.

    Raises:
        BrokenAnswer: The answer can't be read.
    """
    try:
        listed = json.loads(content)["voices"]
        return [
            Voice(one["name"], tuple(tag for code in one["languageCodes"] for tag in _tags(code)))
            for one in sorted(listed, key=_preference)
        ]
    except (ValueError, KeyError, TypeError) as reason:
        raise BrokenAnswer(f"{type(reason).__name__}: {reason}") from reason


def _tags(code: str) -> list[str]:
    base, _, region = code.partition("-")
    return [code, f"{OTHER_NAMES[base]}-{region}"] if base in OTHER_NAMES else [code]


def _preference(voice: dict[str, Any]) -> tuple[bool, int, str]:
    name, (base, _, region) = voice["name"], voice["languageCodes"][0].partition("-")
    families = [number for number, family in enumerate(MARKED_FAMILIES) if f"-{family}-" in name]
    return region not in (base.upper(), "US", "CN"), families[0] if families else len(MARKED_FAMILIES), name
