"""Captions are readable, and a browser reads them as they were meant."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from stoker.speech import captions as speech_captions
from stoker.speech.captions import word_timings
from stoker.speech.sentences import split_sentences
from stoker.speech.track import SpokenSentence, Word
from stoker.speech.width import columns
from stoker.speech.words import word_spans
from unit.speech.speaking import tone, tracked, utterance


def spoken(folder: Path, text: str, seconds: float) -> list[SpokenSentence]:
    _, [sentence] = tracked(folder, utterance(text, tone(seconds)))
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
    shown = "".join(re.sub(r"(?<=\w)-$", "", line) for *_, cue in found for line in cue.split("\n"))
    assert "".join(shown.split()) == "".join(text.split())


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
    _, sentences = tracked(tmp_path, *(utterance("Да!", tone(seconds)) for seconds in lengths))
    found = cues(webvtt([sentence for sentence in sentences if sentence is not None]))
    assert [(start, end) for start, end, _ in found] == [pytest.approx(times, abs=0.01) for times in expected]


def split(text: str, seconds: float, language: str = "en", **options: Any) -> list[SpokenSentence]:
    """The sentences of a text, each of which takes so many seconds, with a pause of 0.4 s after it."""
    spoken = []
    for number, sentence in enumerate(split_sentences(text, language, **options)):
        begin, pace = number * (seconds + 0.4), seconds / len(sentence.text)
        words = [
            Word(sentence.text[first:last], begin + first * pace, begin + last * pace, sentence.position(first), first)
            for first, last in word_spans(sentence.text)
        ]
        spoken.append(SpokenSentence(sentence.text, sentence.start, begin, begin + seconds, words))
    return spoken


@pytest.mark.parametrize("space", ["  ", "\t\t", "\n    ", " \u00a0 ", " \u200b ", "\r\n", "\u3000\u3000"], ids=ascii)
def test_a_run_of_spaces_is_one_space_and_every_word_keeps_its_place(space: str) -> None:
    text = f"Two{space}of{space}them."
    sentences = split(text, 1.5)
    assert "\nTwo of them.\n" in webvtt(sentences)
    timings = json.loads(word_timings(sentences, text, "en", 2, exact=False))
    assert timings["sentences"][0]["text"] == "Two of them."
    for word in timings["sentences"][0]["words"]:
        assert text[word["position"] :].startswith(word["text"])


@pytest.mark.parametrize(
    "amount",
    ["€ 12,50", "12,50 €", "$ 5", "US$ 5", "5 £.", "R$ 1.234,50", "1 234 567,50 €", "12 %", "5 kr", "30 zł", "25 °C"],
)
def test_a_number_and_its_unit_are_in_one_line_wherever_they_stand(amount: str) -> None:
    for before in range(4, 60, 3):
        text = ("word " * 20)[:before].strip() + f" {amount} " + "and so on and on and on"
        shown = [line for *_, cue in cues(webvtt(split(text, 5))) for line in cue.split("\n")]
        assert any(amount.strip(".") in line for line in shown), shown


@pytest.mark.parametrize(
    "word",
    [
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "Muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine",
        "превысокомногорассмотрительствующейшийчеловеконенавистничество",
        "epäjärjestelmällistyttämättömyydellänsäkäänköhän" * 2,
    ],
    ids=lambda word: ascii(word[:12]),
)
def test_a_compound_that_is_cut_has_a_hyphen_at_each_cut(word: str) -> None:
    text = f"Das Wort {word}, sagte sie."
    lines = [line for *_, cue in cues(webvtt(split(text, 6, "de"))) for line in cue.split("\n")]
    assert all(columns(line) <= 42 for line in lines)
    parts = [line for line in lines if line.endswith("-")]
    assert parts
    joined = "".join(line.removesuffix("-") if line.endswith("-") else f"{line} " for line in lines)
    assert joined.strip() == text


@pytest.mark.parametrize(
    "word",
    [
        "https://example.com/a/very/long/path/with/many/parts/that/never/ends?query=string&and=more",
        "สวัสดีครับวันนี้อากาศดีมากสวัสดีครับวันนี้อากาศดีมาก",
        "1234567890" * 6,
    ],
    ids=lambda word: ascii(word[:12]),
)
def test_what_has_no_hyphens_gets_none(word: str) -> None:
    shown = "".join(cue.replace("\n", "") for *_, cue in cues(webvtt(split(word, 6))))
    assert html.unescape(shown) == word


OPENING, CLOSING = "“‘「『《（【", "”’」』》）】，。！？：、；"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "zh",
            "他说：“你好，世界。我们今天去北京看长城。”然后他问：「你要去哪里？」我说《红楼梦》（曹雪芹）很好看，价格是1,250元。"
            * 2,
        ),
        (
            "ja",
            "彼は「今日は東京へ行きます」と言って『雪国』（川端康成）を読みながら「はい」「いいえ」と答えました。" * 2,
        ),
    ],
    ids=["zh", "ja"],
)
@pytest.mark.parametrize("first", range(0, 24, 4))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(language: str, text: str, first: int) -> None:
    lines = [line for *_, cue in cues(webvtt(split(text[first:], 6, language))) for line in cue.split("\n")]
    assert not [line for line in lines if line[0] in CLOSING or line[-1] in OPENING]


@pytest.mark.parametrize("rate", [12, 18, 22, 30, 60])
def test_a_fast_cue_uses_the_pause_behind_it(rate: int) -> None:
    text = "It was a day like any other. Nobody came to see them. They said that it was all the same to them."
    for sentence in split_sentences(text, "en"):
        [spoken] = split(sentence.text, len(sentence.text) / rate)
        [(start, end, shown)] = cues(speech_captions.webvtt([spoken], 30))
        assert len(shown.replace("\n", " ")) / (end - start) <= 20.1


def test_a_fast_cue_ends_where_the_next_begins() -> None:
    found = cues(webvtt(split("It was a day like any other. Nobody came to see them.", 0.8)))
    assert found[0][1] == found[1][0]


def test_kept_lines_are_cues() -> None:
    poem = "Roses are red,\nviolets are blue,\n\nsugar is sweet"
    shown = [cue for *_, cue in cues(webvtt(split(poem, 1.5, lines="keep")))]
    assert shown == ["Roses are red,", "violets are blue,", "sugar is sweet"]
