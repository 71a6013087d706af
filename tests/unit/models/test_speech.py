"""The input that a client may give to an audio job."""

from typing import Any

import pytest
from pydantic import ValidationError

from stoker.models.problems import problems
from stoker.models.speech import AudioInput


def test_a_text_is_enough() -> None:
    wanted = AudioInput.from_firestore({"text": "Hello."})
    assert (wanted.format, wanted.speed, wanted.pitch, wanted.loudness, wanted.captions) == ("mp3", 1, 0, -16, True)


def test_newlines_tabs_emoji_and_every_script_may_be_spoken() -> None:
    AudioInput.from_firestore({"text": "A\n\tb 😀 日本語 العربية \u202eabc e\u0301"})


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, "text: is missing"),
        ({"text": ""}, "text: must not be empty"),
        ({"text": "a" * 100_001}, "text: must have at most 100,000 characters, and has 100,001"),
        ({"text": "ab\x00c"}, "text: holds the control character U+0000 at position 2"),
        ({"text": "\x1b[31m"}, "U+001B at position 0"),
        ({"text": "a\x01+10d"}, "U+0001 at position 1"),  # how eSpeak NG is given orders
        ({"text": "a\x85b"}, "U+0085"),
        ({"text": 5}, "text: must be text"),
        ({"text": "a", "speed": 0.2}, "speed: must be at least 0.25"),
        ({"text": "a", "speed": 5}, "speed: must be at most 4"),
        ({"text": "a", "pitch": 21}, "pitch: must be at most 20"),
        ({"text": "a", "loudness": 0}, "loudness: must be at most -9"),
        ({"text": "a", "format": "flac"}, "format: must be 'mp3', 'ogg', 'm4a' or 'wav'"),
        ({"text": "a", "language": "english please"}, "language: must have the form"),
        ({"text": "a", "voice": "x" * 101}, "voice: must have at most 100 characters, and has 101"),
        ({"text": "a", "captions": "yes"}, "captions: must be true or false"),
        ({"text": "a", "lines": "split"}, "lines: must be 'join' or 'keep'"),
        ({"text": "a", "markdown": "yes"}, "markdown: must be true or false"),
        ({"text": "a", "ssml": True}, "ssml: there is no such field"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_can_not_be_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as raised:
        AudioInput.from_firestore(wrong)
    [problem] = problems(raised.value, wrong)
    assert named in problem
