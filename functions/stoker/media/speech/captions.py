"""What is written of the speech: captions to read along, and the times of the words."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stoker.media.speech.track import SpokenSentence, Word
from stoker.media.speech.width import columns
from stoker.media.webvtt import Cue, written

LINE_COLUMNS = 42
CUE_LINES = 2
CUE_SECONDS = 7.0
"""What can be read at once. Source: https://partnerhelp.netflixstudios.com/hc/en-us/articles/217350977 (English Timed
Text Style Guide: 42 characters a line, two lines, seven seconds)."""

LEAST_CUE_SECONDS = 0.8
"""The shortest time in which a word is noticed and read. Source: the same guide has 5/6 of a second."""

CLAUSE_ENDS = tuple(",;:.!?…—–)、，；：。！？）」』،؛")


def webvtt(sentences: Sequence[SpokenSentence], seconds: float) -> str:
    """Captions as WebVTT: a cue begins with the first sound of what it shows, and ends with the last.

    A cue that is too short to be read goes on in the pause that follows, until the next cue or the end at the latest.

    Args:
        sentences: In the order in which they are spoken.
        seconds: How long the sound plays.
    """
    cues = [
        Cue(words[0].start, words[-1].end, "\n".join(_lines(sentence, words))).escaped()
        for sentence in sentences
        for words in _cues(sentence, sentence.words)
    ]
    nexts = [*(cue.start for cue in cues[1:]), seconds]
    return written(
        replace(cue, end=max(cue.end, min(cue.start + LEAST_CUE_SECONDS, until)))
        for cue, until in zip(cues, nexts, strict=True)
    )


def word_timings(sentences: Sequence[SpokenSentence], text: str, language: str, seconds: float, exact: bool) -> str:
    """The times of sentences and words as JSON.

    Args:
        sentences: In the order in which they are spoken.
        text: The job's; `position` is where a word begins in it, in UTF-16 units, as JavaScript counts.
        language: A BCP 47 tag.
        seconds: How long the sound plays.
        exact: Whether the engine told the times of the words, rather than of the sentences alone.
    """
    wide = [position for position, character in enumerate(text) if ord(character) > 0xFFFF]
    told = [
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
        "sentences": told,
    }
    return json.dumps(timings, ensure_ascii=False)


def _cues(sentence: SpokenSentence, words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Halves what is too long for a cue, until nothing is."""
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


def _lines(sentence: SpokenSentence, words: Sequence[Word]) -> list[str]:
    whole = _text(sentence, words)
    if columns(whole) <= LINE_COLUMNS or len(words) == 1:
        return [whole]
    cuts = range(1, len(words))
    halves = [[_text(sentence, words[:cut]), _text(sentence, words[cut:])] for cut in cuts]
    return min(halves, key=lambda lines: max(columns(line) for line in lines))


def _middle(sentence: SpokenSentence, words: Sequence[Word]) -> int:
    """The word before which to cut: the nearest to the middle, but rather after a clause, if one ends near it."""
    widths = [columns(word.text) for word in words]
    whole = sum(widths)
    before = 0
    costs = []
    for word, width in zip(words[:-1], widths, strict=False):
        before += width
        costs.append(abs(2 * before - whole) + (0 if word.text.endswith(CLAUSE_ENDS) else whole / 3))
    return costs.index(min(costs)) + 1


def _text(sentence: SpokenSentence, words: Sequence[Word]) -> str:
    begin = words[0].position - sentence.position
    end = words[-1].position - sentence.position + len(words[-1].text)
    return re.sub(r" {2,}", " ", sentence.text[begin:end])
