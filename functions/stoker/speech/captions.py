"""Captions of the speech (WebVTT), and the times of its words (JSON)."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from stoker.captions.webvtt import Cue, to_webvtt
from stoker.speech.track import SpokenSentence, Word
from stoker.speech.width import columns

LINE_COLUMNS = 42
CUE_LINES = 2
CUE_SECONDS = 7.0
"""The limits of a cue: columns of a line, lines, and seconds.
Source: https://partnerhelp.netflixstudios.com/hc/en-us/articles/217350977 (English Timed Text Style Guide: 42
characters a line, two lines, seven seconds)."""

LEAST_CUE_SECONDS = 0.8
"""The shortest time of a cue, in seconds, in which a word is noticed and read. Source: the same guide, which has 5/6 of
a second."""

COLUMNS_PER_SECOND = 20
"""The fastest reading speed of adults. Source: the same guide. A Chinese or Japanese character takes two columns."""

UNIT = re.compile(
    r"(?:[^\W\d_]{0,3}[$¢-¥֏؋৲৳૱௹฿៛₠-₿﷼＄￠￡￥￦]|[%‰°]|(?:kr|zł|Kč|Ft|лв|руб|EUR|USD|GBP|CHF)(?!\w)|[元円圆年月日])"
)
"""A currency sign or another unit beside a number."""

SOFT_HYPHEN = "\u00ad"
ADDRESS = re.compile(r"[/@\\_=&]|\w\.\w")
"""Characters of a web address or a file name that no word has."""

CLAUSE_ENDS = tuple(",;:.!?…—–)、，；：。！？）」』،؛")


def webvtt(sentences: Sequence[SpokenSentence], seconds: float) -> str:
    """Write captions as WebVTT. A cue begins with the first sound of its words, and ends with the last.

    A cue that is too short to be read lasts longer: at least `LEAST_CUE_SECONDS`, and long enough to be read at
    `COLUMNS_PER_SECOND`. It ends with the next cue or the end of the sound at the latest.

    Args:
        sentences: The sentences, in the order in which they are spoken.
        seconds: The duration of the sound in seconds.
    """
    cues = [
        Cue(words[0].start, words[-1].end, "\n".join(_lines(sentence, words)))
        for sentence in sentences
        for words in _cues(sentence, sentence.words)
    ]
    nexts = [*(cue.start for cue in cues[1:]), seconds]
    return to_webvtt(
        replace(cue, end=max(cue.end, min(cue.start + _reading_seconds(cue.text), until))).escaped()
        for cue, until in zip(cues, nexts, strict=True)
    )


def word_timings(sentences: Sequence[SpokenSentence], text: str, language: str, seconds: float, exact: bool) -> str:
    """Write the times of sentences and words as JSON.

    Args:
        sentences: The sentences, in the order in which they are spoken.
        text: The text of the job. The `position` of a word is its offset in this text in UTF-16 units, as JavaScript
            counts.
        language: The language, a BCP 47 tag.
        seconds: The duration of the sound in seconds.
        exact: Whether the engine reported the time of each word, and not only of each sentence.
    """
    wide = [position for position, character in enumerate(text) if ord(character) > 0xFFFF]
    timed = [
        {
            "text": sentence.text,
            "start": round(sentence.start, 3),
            "end": round(sentence.end, 3),
            "words": [
                {
                    "text": word.text,
                    "start": round(word.start, 3),
                    "end": round(word.end, 3),
                    "position": word.position + bisect_left(wide, word.position),
                }
                for word in sentence.words
            ],
        }
        for sentence in sentences
    ]
    timings = {
        "language": language,
        "durationSeconds": round(seconds, 3),
        "wordTimes": "exact" if exact else "estimated",
        "sentences": timed,
    }
    return json.dumps(timings, ensure_ascii=False)


def _cues(sentence: SpokenSentence, words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Divide the words of a sentence into cues. Words that are too long for a cue are halved until they fit."""
    if len(words) == 1 or _fits(sentence, words):
        yield words
        return
    cut = _middle(sentence, words)
    yield from _cues(sentence, words[:cut])
    yield from _cues(sentence, words[cut:])


def _fits(sentence: SpokenSentence, words: Sequence[Word]) -> bool:
    if words[-1].end - words[0].start > CUE_SECONDS or columns(_text(sentence, words)) > CUE_LINES * LINE_COLUMNS:
        return False
    return all(columns(line) <= LINE_COLUMNS for line in _lines(sentence, words))


def _reading_seconds(text: str) -> float:
    return max(LEAST_CUE_SECONDS, columns(text) / COLUMNS_PER_SECOND)


def _lines(sentence: SpokenSentence, words: Sequence[Word]) -> list[str]:
    whole = _text(sentence, words)
    if columns(whole) <= LINE_COLUMNS or len(words) == 1:
        return [whole]
    halves = [[_text(sentence, words[:cut]), _text(sentence, words[cut:])] for cut in _cuts(words)]
    return min(halves, key=lambda lines: max(columns(line) for line in lines))


def _middle(sentence: SpokenSentence, words: Sequence[Word]) -> int:
    """Return the index of the word before which to cut.

    It is the nearest to the middle. A cut at the end of a clause is preferred if it is near the middle.
    """
    before = [0, *accumulate(columns(word.text) for word in words)]
    whole = before[-1]

    def cost(cut: int) -> float:
        return abs(2 * before[cut] - whole) + (0 if words[cut - 1].text.endswith(CLAUSE_ENDS) else whole / 3)

    return min(_cuts(words), key=cost)


def _cuts(words: Sequence[Word]) -> Sequence[int]:
    """Return the indexes of the words before which a cue or a line may be cut.

    There is no cut between a number and its unit, unless there is no other place.
    """
    cuts = range(1, len(words))
    return [cut for cut in cuts if not _belong(words[cut - 1].text, words[cut].text)] or cuts


def _belong(left: str, right: str) -> bool:
    """Return whether two words are a number and its unit, or the two parts of a number.

    Example:
        >>> _belong("12,50", "€."), _belong("US$", "5"), _belong("1", "250,50"), _belong("12", "apples")
        (True, True, True, False)
    """
    if left[-1].isdecimal():
        return UNIT.match(right) is not None or re.match(r"\d{3}(?!\d)", right) is not None
    return right[0].isdecimal() and UNIT.fullmatch(left.lstrip('(«“"')) is not None


def _text(sentence: SpokenSentence, words: Sequence[Word]) -> str:
    end = words[-1].place + len(words[-1].text)
    return sentence.text[words[0].place : end].removesuffix(SOFT_HYPHEN) + _hyphen(sentence.text, end)


def _hyphen(text: str, at: int) -> str:
    """Return the hyphen for the place where a long word is cut. Addresses, and scripts without hyphens, get none."""
    left, right = text[at - 1 : at], text[at : at + 1]
    if left == SOFT_HYPHEN:
        return "-"
    if not (_is_cased(left) and _is_cased(right)):
        return ""
    run = text[text.rfind(" ", 0, at) + 1 :].partition(" ")[0]
    return "" if ADDRESS.search(run) else "-"


def _is_cased(letter: str) -> bool:
    return letter.isalpha() and letter.lower() != letter.upper()
