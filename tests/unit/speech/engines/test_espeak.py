"""The embedded voice: a child process that speaks, and that nothing it is given can make worse than silent."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from processes import command_of
from stoker import config
from stoker.errors import JobCancelled, SpeechFailed, UnknownLanguage, UnknownVoice
from stoker.sandbox.child import ENVIRONMENT
from stoker.speech.engine import Utterance
from stoker.speech.engines.espeak import Espeak
from stoker.speech.sentences import split_sentences
from stoker.speech.voices import choose_voice
from unit.speech.speaking import RATE


@pytest.fixture
def espeak(tmp_path: Path) -> Iterator[Espeak]:
    with Espeak(tmp_path, lambda: None) as engine:
        yield engine
    assert list(tmp_path.iterdir()) == []


def spoken(espeak: Espeak, text: str, language: str = "en", speed: float = 1.0) -> list[Utterance]:
    voice = choose_voice(espeak.voices(), language, None)
    return list(espeak.speak(split_sentences(text, language), voice, speed, 0))


def seconds(utterances: list[Utterance]) -> float:
    return sum(len(utterance.sound) for utterance in utterances) / 2 / RATE


def speaking_children() -> list[psutil.Process]:
    """The children that speak; other tests may have started a suite, which is a child too."""
    return [process for process in psutil.Process().children() if "espeak_child" in command_of(process)]


def child(espeak: Espeak) -> psutil.Process:
    [process] = speaking_children()
    return process


def test_it_speaks_and_reports_when_each_word_begins(espeak: Espeak) -> None:
    [utterance] = spoken(espeak, "Hello there, it cost $1,234.50 on 3 May.")
    assert espeak.sample_rate == RATE
    assert 4 < seconds([utterance]) < 8
    positions = [mark.position for mark in utterance.marks]
    text = utterance.sentence.text
    assert {0, text.index("there"), text.index("it"), text.index("on"), text.index("May")} <= set(positions)


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_it_speaks_slower_and_faster(espeak: Espeak, speed: float) -> None:
    text = "The quick brown fox jumps over the lazy dog and runs away."
    assert seconds(spoken(espeak, text, speed=speed)) == pytest.approx(seconds(spoken(espeak, text)) / speed, rel=0.15)


def test_each_character_of_japanese_has_a_time(espeak: Espeak) -> None:
    [utterance] = spoken(espeak, "今日は東京へ行きます。", "ja")
    assert len({mark.position for mark in utterance.marks}) == 10


HOSTILE = [
    "<speak><break time='9999s'/>Hi</speak>",
    "[[D,m'IsIz]] phonemes",
    "%s%n%x " * 50,
    "9" * 1000,
    "\u202eright to left\u202c",
    "e" + "\u0301" * 500,
    "👨‍👩‍👧‍👦" * 30,
    "\ufeff\ufffe\uffff private \ue000",
    "𝒳𝒴𝒵",
    "ﷺ" * 50,
    "A" * 1500,
    "&#0;&amp;<![CDATA[",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("language", ["en", "ja", "ar"])
def test_hostile_text_is_spoken_or_silent(espeak: Espeak, text: str, language: str) -> None:
    spoken(espeak, text, language)
    assert 0.2 < seconds(spoken(espeak, "Still there.", "en")) < 3


def test_unknown_languages_and_voices_are_listed_against_what_exists(espeak: Espeak) -> None:
    with pytest.raises(UnknownLanguage, match=r"No voice speaks 'xx'\. There are voices for: af, .*, de, .*yue"):
        choose_voice(espeak.voices(), "xx", None)
    with pytest.raises(UnknownVoice, match=r"There is no voice 'nobody'\. Voices that do: en, en-US"):
        choose_voice(espeak.voices(), "en", "nobody")
    with pytest.raises(UnknownVoice, match="does not speak 'de'"):
        choose_voice(espeak.voices(), "de", "en-us")


def test_a_voice_that_is_killed_is_tried_again(espeak: Espeak) -> None:
    child(espeak).kill()
    with pytest.raises(SpeechFailed, match="stopped"):
        spoken(espeak, "Hello.")


@pytest.mark.slow
def test_a_voice_that_is_stuck_is_given_up(espeak: Espeak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "STALL_SECONDS", 1)
    process = child(espeak)
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(SpeechFailed, match="stuck"):
        spoken(espeak, "Hello.")


def test_a_cancelled_job_leaves_no_process(tmp_path: Path) -> None:
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > 5:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled), Espeak(tmp_path, check) as espeak:
        spoken(espeak, "One. " * 100)
    assert speaking_children() == []
    assert list(tmp_path.iterdir()) == []


def test_it_is_confined(espeak: Espeak) -> None:
    process = child(espeak)
    assert process.environ().keys() <= ENVIRONMENT.keys()
    spoken(espeak, "Hello.")
    status = Path(f"/proc/{process.pid}/status").read_text()
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status
    assert process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
    assert process.rlimit(psutil.RLIMIT_AS)[0] == config.SPEECH_MEMORY_BYTES
    assert process.cwd() != os.getcwd()
    assert process.net_connections() == []
