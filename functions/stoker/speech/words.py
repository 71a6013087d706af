"""The division of a sentence into words, each of which has a time of its own."""

import re
import unicodedata
from collections.abc import Iterator

from stoker.speech.sentences import is_spoken
from stoker.speech.width import cut_to_fit

WIDE = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The blocks of Unicode with Chinese and Japanese characters, which are written without spaces."""

RUN = re.compile(rf"[{WIDE}]|[^\s{WIDE}]+")
"""A Chinese or Japanese character, or a run of other characters between spaces."""

MOST_CHARACTERS = 40
"""The most characters of a word. A line of a caption has 42 columns, and a hyphen may follow."""

LONGEST_SYLLABLE = 6
SYLLABLE = re.compile(
    r"(?!\w[\u0300-\u036f])[b-df-hj-np-tv-zßб-дж-йк-нп-тф-щ][aeiouyäöüåøæáéíóúàèаеёиоуыэюя]", re.IGNORECASE
)
"""A consonant before a vowel. Most languages allow a hyphen before it."""

SEPARATED = re.compile(r"[-\u00ad\u2010/_.?&=,;]+")
"""Marks after which a long address or compound word is best cut."""


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and the end of each word of a sentence, in characters.

    Punctuation has no sound of its own, so it belongs to the word before it. An opening mark belongs to the word after
    it.

    Args:
        text: A sentence with something to speak.

    Example:
        >>> text = "“Well ... it's « 5 °C. »”"
        >>> [text[begin:end] for begin, end in word_spans(text)]
        ['“Well ...', "it's", '« 5', '°C. »”']
    """
    words: list[tuple[int, int]] = []
    waiting: int | None = None
    for begin, end in _runs(text):
        opening = _opening(text, begin, end)
        if begin < opening and is_spoken(text[begin:opening]):
            words.append((begin if waiting is None else waiting, opening))
            waiting = None
        elif begin < opening and words and waiting is None:
            words[-1] = (words[-1][0], opening)
        elif waiting is None:
            waiting = begin
        if opening < end and waiting is None:
            waiting = opening
    if waiting is not None and words:
        words[-1] = (words[-1][0], len(text.rstrip()))
    return words


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each run between spaces. A run that is too long for a line is cut."""
    for found in RUN.finditer(text):
        begin, end = found.span()
        while end - begin > MOST_CHARACTERS:
            cut = begin + _cut(text[begin:end])
            yield begin, cut
            begin = cut
        yield begin, end


def _cut(run: str) -> int:
    """Return the place to cut a long run: after a mark in it, or else so that the parts have equal lengths."""
    cuts = [found.end() for found in SEPARATED.finditer(run, MOST_CHARACTERS // 2, MOST_CHARACTERS)]
    if cuts:
        return cuts[-1]
    parts = -(-len(run) // MOST_CHARACTERS)
    cut = len(cut_to_fit(run, -(-len(run) // parts)))
    syllables = [found.start() for found in SYLLABLE.finditer(run, cut - LONGEST_SYLLABLE, cut + 2)]
    return syllables[-1] if syllables else cut


def _opening(text: str, begin: int, end: int) -> int:
    """Return the start of the opening marks at the end of a run. The mark `“` opens only before a letter.

    In German, it closes a quote.
    """
    opening = end
    while opening > begin and _opens(text, opening - 1):
        opening -= 1
    alone = opening == begin
    followed = end < len(text) and not text[end].isspace()
    return opening if alone or followed else end


def _opens(text: str, at: int) -> bool:
    if text[at] == '"':
        return text.count('"', 0, at) % 2 == 0
    return unicodedata.category(text[at]) in ("Ps", "Pi") or text[at] in "¿¡§"
