"""What is said to the Cloud Text-to-Speech API, and what it answers."""

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
"""Source: https://cloud.google.com/text-to-speech/quotas (characters per request, counted in bytes)."""

MARKED_FAMILIES = ("Neural2", "Wavenet", "Standard", "News", "Casual")
"""Families of voices that tell the time of a `<mark>` and change their pitch, those to choose from first. The others
(Chirp, Studio, Journey) get plain text. Source: https://cloud.google.com/text-to-speech/docs/voice-types"""

OTHER_NAMES = {"cmn": "zh", "nb": "no", "fil": "tl"}
"""What people call some of the languages that Google calls otherwise."""


class BrokenAnswer(Exception):
    """An answer that is not what was asked for: cut short on its way, or not by the API."""


def request_body(text: str, voice: Voice, speed: float, pitch: float, sample_rate: int) -> dict[str, Any]:
    """Return the body of a request, with a mark before each word where the voice tells the times of marks."""
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
    """Return the samples in an answer, and where the words begin.

    Raises:
        BrokenAnswer: It is cut short, or something else.
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
    """Where to mark: before each word, but not inside a run of Chinese or Japanese, which would be spoken in bits."""
    return [begin for begin, _ in word_spans(text) if begin == 0 or not text[begin - 1].isalnum()]


def _ssml(text: str) -> str:
    starts = [*_marked(text), len(text)]
    words = [
        f'<mark name="{number}"/>{escape(text[begin:end])}' for number, (begin, end) in enumerate(pairwise(starts))
    ]
    return f"<speak>{escape(text[: starts[0]])}{''.join(words)}</speak>"


def is_marked(voice: Voice) -> bool:
    """Return whether a voice tells the times of marks, and changes its pitch."""
    return any(f"-{family}-" in voice.name for family in MARKED_FAMILIES)


def read_voices(content: bytes) -> list[Voice]:
    """Return the voices in an answer, those to choose first before the others.

    Raises:
        BrokenAnswer: It is cut short, or something else.
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
