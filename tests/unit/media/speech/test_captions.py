"""Captions are readable, and a browser reads them as they were meant."""

import json
import re
from pathlib import Path

import pytest

from stoker.media.speech import captions as speech_captions
from stoker.media.speech.captions import word_timings
from stoker.media.speech.track import SpokenSentence
from stoker.media.speech.width import columns
from unit.media.speech.speaking import piece, tone, tracked


def spoken(folder: Path, text: str, seconds: float) -> list[SpokenSentence]:
    _, [sentence] = tracked(folder, piece(text, tone(seconds)))
    assert sentence is not None
    return [sentence]


def webvtt(sentences: list[SpokenSentence]) -> str:
    """The captions of a sound that goes on for a quarter of a second after the last sentence."""
    return speech_captions.webvtt(sentences, sentences[-1].end + 0.25)


def cues(captions: str) -> list[tuple[float, float, str]]:
    found = re.findall(r"(\d+):(\d+):([\d.]+) --> (\d+):(\d+):([\d.]+)\n(.*?)\n(?=\n|\Z)", captions, re.DOTALL)
    return [
        (int(h) * 3600 + int(m) * 60 + float(s), int(h2) * 3600 + int(m2) * 60 + float(s2), text)
        for h, m, s, h2, m2, s2, text in found
    ]


def test_a_short_sentence_is_one_cue(tmp_path: Path) -> None:
    assert webvtt(spoken(tmp_path, "Hello there.", 1.5)) == ("WEBVTT\n\n00:00:00.250 --> 00:00:01.750\nHello there.\n")


def test_what_looks_like_markup_is_shown_as_it_stands(tmp_path: Path) -> None:
    assert "a &lt;b&gt; --&gt; &amp;amp; c" in webvtt(spoken(tmp_path, "a <b> --> &amp; c", 1.5))


SENTENCES = [
    "The quick brown fox jumps over the lazy dog, and runs away from the river bank, because it had seen the hunter.",
    "word " * 100,
    "我们今天去北京看长城，然后回来吃饭，" * 8,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4,
    "สวัสดีครับวันนี้อากาศดีมาก" * 8,
    "a," * 120,
]


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text[:12])
def test_cues_are_of_two_short_lines_and_follow_one_another(tmp_path: Path, text: str) -> None:
    text = text.strip()
    found = cues(webvtt(spoken(tmp_path, text, len(text) / 15)))
    for start, end, shown in found:
        assert len(shown.split("\n")) <= 2
        assert all(columns(line) <= 42 for line in shown.split("\n"))
        assert 0 < end - start <= 7
    ends = [at for start, end, _ in found for at in (start, end)]
    assert ends == sorted(ends)
    assert "".join("".join(shown for *_, shown in found).split()) == "".join(text.split())


def test_a_line_breaks_near_the_middle_and_a_cue_after_a_clause(tmp_path: Path) -> None:
    text = "The quick brown fox jumps over the lazy dog, and runs away from the river bank, because it saw the hunter."
    assert [shown for *_, shown in cues(webvtt(spoken(tmp_path, text, 8)))] == [
        "The quick brown fox\njumps over the lazy dog,",
        "and runs away from the river\nbank, because it saw the hunter.",
    ]


def test_words_have_their_place_in_the_text_as_javascript_counts(tmp_path: Path) -> None:
    text = "🎉 Hi 🎉🎉 there"
    timings = json.loads(word_timings(spoken(tmp_path, text, 2), text, "en", 2.5, exact=True))
    units = text.encode("utf-16-le")
    for word in timings["sentences"][0]["words"]:
        begin = 2 * word["position"]
        assert units[begin : begin + len(word["text"].encode("utf-16-le"))].decode("utf-16-le") == word["text"]
    assert (timings["language"], timings["durationSeconds"], timings["wordTimes"]) == ("en", 2.5, "exact")


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([0.144, 1.0], [(0.25, 0.794), (0.794, 1.794)]),  # until the next cue
        ([0.6, 1.0], [(0.25, 1.05), (1.25, 2.25)]),  # 0.8 s, where the pause has room
        ([1.0, 1.0], [(0.25, 1.25), (1.65, 2.65)]),
        ([1.0, 0.144], [(0.25, 1.25), (1.65, 2.044)]),  # to the end of the sound
    ],
)
def test_a_short_cue_goes_on_in_the_pause(
    tmp_path: Path, lengths: list[float], expected: list[tuple[float, float]]
) -> None:
    _, sentences = tracked(tmp_path, *(piece("Да!", tone(seconds)) for seconds in lengths))
    found = cues(webvtt([sentence for sentence in sentences if sentence is not None]))
    assert [(start, end) for start, end, _ in found] == [pytest.approx(times, abs=0.01) for times in expected]


def test_a_cue_has_no_double_spaces(tmp_path: Path) -> None:
    assert "\nTwo of them.\n" in webvtt(spoken(tmp_path, "Two of  them.", 1.5))
