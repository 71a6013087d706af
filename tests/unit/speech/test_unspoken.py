"""Text that a voice names or skips is in the warnings of the job."""

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from stoker.jobs.context import JobContext
from stoker.models.speech import AudioInput
from stoker.speech.engines.espeak import Espeak
from stoker.speech.scripts import readable_form, unread
from stoker.speech.sentences import Sentence
from stoker.speech.voices import choose_voice
from stoker.speech.worker import narrate
from unit.runs import Run
from unit.speech.speaking import RATE


@pytest.fixture
def espeak(tmp_path: Path) -> Iterator[Espeak]:
    with Espeak(tmp_path, lambda: None) as engine:
        yield engine


SAMPLES = {
    "ja": "かなも",
    "cmn": "漢字文",
    "yue": "漢字文",
    "ru": "привет",
    "uk": "привіт",
    "sr": "здраво",
    "el": "καλημερα",
    "ar": "مرحبا",
    "fa": "سلامتی",
    "he": "שלום",
    "th": "สวัสดี",
    "my": "မင်္ဂလာ",
    "am": "ሰላምታ",
    "te": "నమస్తే",
    "or": "ନମସ୍କାର",
    "hi": "नमस्ते",
    "ko": "한국어",
    "ka": "გამარჯ",
    "hy": "բարեւ",
    "ta": "வணக்கம்",
}
"""A word for some languages. `en-us`, `ja` and `de` are asked for all of them as well."""


@pytest.mark.parametrize("speaker", ["own", "en-us", "ja", "de"])
def test_what_is_called_unread_takes_as_long_as_a_name_for_each_letter(espeak: Espeak, speaker: str) -> None:
    wrong = {}
    for language, word in SAMPLES.items():
        voice = choose_voice(espeak.voices(), language if speaker == "own" else speaker, None)
        [utterance] = espeak.speak([Sentence(word, 0, "sentence")], voice, 1, 0)
        seconds = len(utterance.sound) / 2 / RATE / len(word)
        if (not espeak.unread(voice, word)) != (seconds < 0.4):
            wrong[language] = seconds
    # English has a short name for each of these letters: `P Er`.
    assert wrong.keys() <= ({"ru", "uk", "sr"} if speaker == "en-us" else set())


@pytest.mark.parametrize(
    ("text", "language", "letters"),
    [
        ("今日は晴れです。", "ja", "今日晴"),
        ("今日、々", "ja", "今日"),
        ("東京へ", "ja", "東京"),
        ("你好 OK", "cmn", ""),
        ("漢字 한국어", "ko", "漢字"),
        ("Ⅷ ª µ Ω é ß", "en-us", ""),
        ("ᏣᎳᎩ", "en-us", "ᏣᎳᎩ"),
        ("ភាសា", "vi", "ភស"),
        ("Hello 😀 — 123 ١٢٣", "de", ""),
    ],
)
def test_letters_of_other_scripts_are_unread(text: str, language: str, letters: str) -> None:
    assert "".join(unread(text, language)) == letters


def test_digits_of_every_script_are_spoken(espeak: Espeak) -> None:
    text = "١٢٣ १२३ ①②③ ａｂｃ 𝐚𝐛𝐜 ½ª"
    assert readable_form(text) == "123 123 123 abc abc ½ª"
    voice = choose_voice(espeak.voices(), "en-US", None)
    [utterance] = espeak.speak([Sentence("١٢٣", 0, "sentence")], voice, 1, 0)
    assert max(array("h", utterance.sound)) > 1000


def warnings_of(espeak: Espeak, folder: Path, text: str, language: str) -> list[tuple[str, str]]:
    """The warnings of a text, with their codes."""
    narration = narrate(cast(JobContext, Run(folder)), espeak, AudioInput(text=text, language=language))
    return [(warning.code, warning.message) for warning in narration.warnings]


def test_a_job_warns_of_what_is_not_heard(espeak: Espeak, tmp_path: Path) -> None:
    [(code, message)] = warnings_of(espeak, tmp_path, "今日は晴れです。", "ja")
    assert code == "unspoken-text"
    assert message == "The voice 'ja' can't read 3 letters, but names or skips each of them: 今 日 晴"
    [(code, message)] = warnings_of(espeak, tmp_path, "はい。\n\n😀\n\nはい。", "ja")
    assert code == "unspoken-text"
    assert "1 sentence is left out" in message
    assert "😀" in message
    assert warnings_of(espeak, tmp_path, "Hello. How are you?", "en") == []


def test_lines_may_end_as_on_any_system(espeak: Espeak, tmp_path: Path) -> None:
    for text in ("One.\r\n\r\nTwo of\r\nthem.", "One.\r\rTwo of\rthem.", "One.\n\nTwo of\nthem."):
        asked = AudioInput.from_firestore({"text": text, "language": "en_US"})
        narration = narrate(cast(JobContext, Run(tmp_path)), espeak, asked)
        assert narration.language == "en-US"
        first, second = narration.sentences
        assert [" ".join(one.text.split()) for one in (first, second)] == ["One.", "Two of them."]
        assert second.start - first.end == pytest.approx(0.8, abs=0.05)  # a paragraph
        words = [word for one in (first, second) for word in one.words]
        assert [text[word.position : word.position + len(word.text)] for word in words] == [w.text for w in words]
