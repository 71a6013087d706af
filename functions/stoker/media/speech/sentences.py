"""A text's sentences: what is spoken in one breath, is one request to an engine, and begins a caption."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import sentencex

from stoker.media.speech.width import cut_to_fit

MAX_SENTENCE_BYTES = 1500
"""The longest sentence, as UTF-8. A longer one is cut, so that no request comes near Google's 5,000 bytes, a job that
is cancelled stops soon, and a retry has little to do again."""

WINDOW_CHARACTERS = 10_000
"""How much is looked at at once: the library's time grows with the square of the quotes and brackets in a paragraph."""

ABBREVIATION = re.compile(
    r"(?:^|[\s(«„“\"'-])"
    r"(?:M|MM|Mme|Mmes|Mlle|Mlles|Dr|Drs|Pr|Me|Mgr|St|Ste|No|Nos|av|bd|approx|ca|cf|vol|fig|pag|pág|pp"
    r"|т\. ?е|a\.m|p\.m|[^\W\d_]\.-[^\W\d_])\.\s*$"
)
"""Abbreviations before which or after which something follows, and that `sentencex` 1.0.32 takes for an end.
Source: Unicode CLDR 45, segment suppressions of French, English, Italian, Portuguese and Russian."""

ITEM_NUMBER = re.compile(r"\(?\d{1,3}[.)]\s*")
"""`1. First item`: the number of a list's item is no sentence."""

CHINESE = {"cmn", "yue", "hak", "zh"}

Break = Literal["clause", "sentence", "paragraph"]


@dataclass(frozen=True)
class Sentence:
    """What is spoken at once.

    Attributes:
        text: As it stands in the text, but for newlines and tabs, which are spaces here.
        start: Where it begins in the text, in characters.
        ends: What ends with it; `clause` where it was cut because it is too long.
    """

    text: str
    start: int
    ends: Break


def split_sentences(text: str, language: str) -> list[Sentence]:
    """Splits a text into what can be spoken of it; nothing of it is lost but what has no sound.

    Args:
        text: Without control characters but ends of lines and tabs. A blank line ends a paragraph.
        language: A BCP 47 tag, such as `de-AT`.

    Example:
        >>> [sentence.text for sentence in split_sentences("Dr. Who came.\\n\\n***\\n\\nDid he?", "en")]
        ['Dr. Who came.', 'Did he?']
    """
    base = language.split("-")[0].lower()
    spoken: list[Sentence] = []
    # As long as it was, so that a position in it is one in the text of the job.
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    for start, end in _paragraphs(text):
        sentences = [
            part
            for begin, stop in _joined(text, _boundaries(text, start, end, "zh" if base in CHINESE else base))
            for part in _cut(text, begin, stop)
            if is_spoken(part.text)
        ]
        if sentences:
            sentences[-1] = replace(sentences[-1], ends="paragraph")
        spoken += sentences
    return spoken


def is_spoken(text: str) -> bool:
    """Whether there is anything in a text but space and punctuation: letters, digits, or symbols such as € and emoji.

    Example:
        >>> is_spoken("... ---"), is_spoken("🎉")
        (False, True)
    """
    return any(unicodedata.category(character)[0] in "LNS" for character in text)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for blank in re.finditer(r"\n[^\S\n]*\n|\u2029", text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


def _boundaries(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Where the library sees sentences."""
    while start < end:
        window = cut_to_fit(text[start:end], WINDOW_CHARACTERS)
        for found in sentencex.get_sentence_boundaries(language, window):
            yield start + found["start_index"], start + found["end_index"]
        start += len(window)


def _joined(text: str, boundaries: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Puts together what the library takes for two sentences, and is one."""
    begin, end = next(boundaries, (0, 0))
    for next_begin, next_end in boundaries:
        if not _goes_on(text[begin:end], text[next_begin:next_end]):
            yield begin, end
            begin = next_begin
        end = next_end
    yield begin, end


def _goes_on(before: str, after: str) -> bool:
    if ITEM_NUMBER.fullmatch(before.lstrip()):
        return True
    if after[:1] == "-" and after[1:2].isalnum():
        return True  # J.-P. Sartre
    if before.endswith(("」", "』")) and after.startswith(("と", "って")):
        return True  # 「はい。」と言った
    return after[:1].isalnum() and ABBREVIATION.search(before[-20:]) is not None


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    while start < end:
        part = cut_to_fit(text[start:end], MAX_SENTENCE_BYTES, lambda piece: len(piece.encode()))
        stop = start + len(part)
        inner = part.strip()
        if inner:
            begin = start + part.index(inner)
            yield Sentence(re.sub(r"\s", " ", inner), begin, "sentence" if stop == end else "clause")
        start = stop
