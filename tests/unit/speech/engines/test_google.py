"""The client of Cloud Text-to-Speech, against a server that speaks its language."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
import requests

from stoker import config
from stoker.errors import JobCancelled, SpeechFailed, SpeechRefused, Unavailable, UnknownVoice
from stoker.logs import JobLog
from stoker.speech.engine import Utterance
from stoker.speech.engines import google
from stoker.speech.engines.answer_cache import AnswerCache
from stoker.speech.engines.google import Google
from stoker.speech.sentences import split_sentences
from stoker.speech.voices import Voice, choose_voice
from unit.speech.engines.google_stub import LEAD_SECONDS, RATE, SECONDS_A_CHARACTER, GoogleStub, google_stub, refusal

NEURAL = Voice("en-US-Neural2-A", ("en-US",))
CHIRP = Voice("en-US-Chirp3-HD-Kore", ("en-US",))


class Kept:
    """Answers that are kept in memory."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.read = self.answers.get
        self.write = self.answers.__setitem__


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleStub]:
    monkeypatch.setattr(google, "session", requests.Session)
    monkeypatch.setattr(google, "FIRST_WAIT_SECONDS", 0.01)
    with google_stub() as running:
        monkeypatch.setattr(config, "SPEECH_ENDPOINT", running.url)
        yield running


def spoken(
    text: str,
    voice: Voice = NEURAL,
    speed: float = 1.0,
    pitch: float = 0.0,
    kept: Kept | None = None,
    check: Callable[[], None] = lambda: None,
) -> list[Utterance]:
    with Google(cast(AnswerCache, kept or Kept()), check, JobLog("test")) as engine:
        return list(engine.speak(split_sentences(text, "en"), voice, speed, pitch))


def once(answer: tuple[int, bytes]) -> Callable[[dict[str, Any]], tuple[int, bytes] | None]:
    left = [answer]
    return lambda body: left.pop() if body and left else None


def always(answer: tuple[int, bytes]) -> Callable[[dict[str, Any]], tuple[int, bytes] | None]:
    return lambda body: answer if body else None


def all_together() -> Callable[[dict[str, Any]], None]:
    """Answers no sentence before as many are asked for as may be at once."""
    barrier = threading.Barrier(google.REQUESTS_AT_ONCE)

    def wait(body: dict[str, Any]) -> None:
        if body:
            barrier.wait(20)  # a client that asks for fewer at once gets no answer

    return wait


def test_sentences_come_in_their_order_with_the_times_of_their_words(stub: GoogleStub) -> None:
    stub.faults = [all_together()]
    utterances = spoken(" ".join(f"Sentence number {number} of many." for number in range(20)))
    assert [utterance.sentence.text for utterance in utterances] == [
        f"Sentence number {number} of many." for number in range(20)
    ]
    assert sorted(stub.spoken()) == sorted(utterance.sentence.text for utterance in utterances)
    assert 1 < stub.busiest == google.REQUESTS_AT_ONCE
    for utterance in utterances:
        text = utterance.sentence.text
        assert len(utterance.sound) / 2 / RATE == pytest.approx(
            2 * LEAD_SECONDS + len(text) * SECONDS_A_CHARACTER, abs=0.01
        )
        assert [mark.position for mark in utterance.marks] == [0, 9, 16, text.index("of"), text.index("many")]
        for mark in utterance.marks:
            assert mark.sample / RATE == pytest.approx(LEAD_SECONDS + mark.position * SECONDS_A_CHARACTER, abs=0.001)


def test_markup_in_a_text_is_spoken_and_not_obeyed(stub: GoogleStub) -> None:
    text = "Say <break time='9s'/> & <mark name=\"0\"/> ]]> &lt; now"
    spoken(text)
    assert stub.spoken() == [text]


def test_speed_and_pitch_are_asked_of_the_voice(stub: GoogleStub) -> None:
    spoken("Hello.", speed=1.5, pitch=-3)
    audio = stub.requests[0]["audioConfig"]
    assert (audio["speakingRate"], audio["pitch"], audio["sampleRateHertz"]) == (1.5, -3, RATE)
    assert stub.requests[0]["voice"] == {"languageCode": "en-US", "name": "en-US-Neural2-A"}


def test_a_voice_that_reports_no_marks_gets_plain_text(stub: GoogleStub) -> None:
    [utterance] = spoken("A & B.", CHIRP)
    assert stub.requests[0]["input"] == {"text": "A & B."}
    assert utterance.marks == []
    with Google(cast(AnswerCache, Kept()), lambda: None, JobLog("test")) as engine:
        assert engine.pitch(CHIRP, 5) == 0
        assert engine.pitch(NEURAL, 5) == 5
        assert (engine.speed(NEURAL, 4), engine.speed(NEURAL, 0.25)) == (2, 0.25)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["&" * 4000 + "a", "a " * 3000, "我" * 4000])
def test_no_request_is_too_long_for_the_api(stub: GoogleStub, text: str) -> None:
    spoken(text)
    for body in stub.requests:
        [given] = body["input"].values()
        assert len(given.encode()) <= 5000
    assert "".join("".join(stub.spoken()).split()).count("a") == text.count("a")


def test_chinese_is_not_marked_in_the_middle_of_its_words(stub: GoogleStub) -> None:
    spoken("今天天气很好，我们走吧。")
    assert stub.requests[0]["input"]["ssml"].count("<mark") == 2


@pytest.mark.parametrize(
    "fault",
    [
        refusal(429, "Quota exceeded"),
        refusal(500, "Internal"),
        refusal(503, "Unavailable"),
        (504, b"<html>"),
        (200, b'{"audioContent": "UklGRiQ'),
        (200, b'{"audioContent": "UklGRiQAAABXQVZF"}'),
        (200, b"[]"),
        (200, b"<html>proxy</html>"),
        (200, b""),
    ],
    ids=["quota", "500", "503", "504", "cut json", "cut wave", "other json", "html", "empty"],
)
def test_a_fault_that_passes_is_waited_out(stub: GoogleStub, fault: tuple[int, bytes]) -> None:
    stub.faults = [once(fault)]
    assert len(spoken("One. Two. Three.")) == 3
    assert len(stub.requests) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (refusal(429, "Quota exceeded"), Unavailable, "quota"),
        (refusal(503, "Unavailable"), Unavailable, "a fault of its own"),
        (refusal(403, "API has not been used in project 1"), Unavailable, "has not enabled the API"),
        (refusal(400, "This voice does not support speaking rate."), SpeechRefused, "does not support speaking rate"),
        ((200, b'{"audioContent": ""}'), SpeechFailed, "cut short"),
    ],
    ids=["quota", "503", "403", "400", "cut"],
)
def test_a_fault_that_stays_ends_with_a_sentence(
    stub: GoogleStub, fault: tuple[int, bytes], error: type[Exception], words: str
) -> None:
    stub.faults = [always(fault)]
    with pytest.raises(error, match=words):
        spoken("One.")


def test_nobody_there_is_unavailable(stub: GoogleStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "SPEECH_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="did not answer"):
        spoken("One.")


def test_what_was_answered_once_is_not_asked_again(stub: GoogleStub) -> None:
    kept = Kept()
    stub.faults = [lambda body: refusal(400, "no") if "Three" in str(body) else None]
    with pytest.raises(SpeechRefused):
        spoken("One. Two. Three.", kept=kept)
    stub.faults, stub.requests = [], []
    assert len(spoken("One. Two. Three.", kept=kept)) == 3
    assert stub.spoken() == ["Three."]
    spoken("One. Two. Three.", kept=kept, speed=2)
    assert sorted(stub.spoken()) == ["One.", "Three.", "Three.", "Two."]


def test_a_job_that_is_cancelled_asks_for_nothing_more(stub: GoogleStub) -> None:
    def check() -> None:
        if len(stub.requests) >= 3:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        spoken(" ".join(f"Sentence {number}." for number in range(100)), check=check)
    assert len(stub.requests) < 30
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("speech")]


def test_a_wait_ends_when_the_job_does(stub: GoogleStub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google, "FIRST_WAIT_SECONDS", 100)
    monkeypatch.setattr(google, "LONGEST_WAIT_SECONDS", 100)
    stub.faults = [always(refusal(503, "no"))]

    def check() -> None:
        if stub.requests:
            raise JobCancelled("enough")

    began = time.monotonic()
    with pytest.raises(JobCancelled):
        spoken("One.", check=check)
    assert time.monotonic() - began < 60  # however busy the machine is


def test_voices_are_listed_with_the_best_of_the_own_region_first(stub: GoogleStub) -> None:
    with Google(cast(AnswerCache, Kept()), lambda: None, JobLog("test")) as engine:
        voices = engine.voices()
    assert choose_voice(voices, None, None).name == "en-US-Neural2-A"
    assert choose_voice(voices, "en", None).name == "en-US-Neural2-A"
    assert choose_voice(voices, "en-AU", None).name == "en-AU-Neural2-A"
    assert choose_voice(voices, "de", None).name == "de-DE-Standard-A"
    assert choose_voice(voices, "zh", None).languages[0] == "cmn-CN"
    with pytest.raises(UnknownVoice, match=r"Voices that do: en-US-Neural2-A, en-US-Standard-A, en-US-Chirp3-HD-Kore"):
        choose_voice(voices, "en-US", "en-US-Neural2-Z")


def test_without_credentials_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "HOME", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, "") if name == "HOME" else monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(SpeechRefused, match="STOKER_SPEECH=espeak"):
        google.session()
