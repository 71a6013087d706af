"""The words of a sentence: what is shown one by one, and has a time each."""

import re
import unicodedata
from collections.abc import Iterator

from stoker.speech.sentences import is_spoken
from stoker.speech.width import cut_to_fit

WIDE = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese and Japanese, in Unicode's blocks: they have no spaces."""

RUN = re.compile(rf"[{WIDE}]|[^\s{WIDE}]+")
"""What stands between spaces; of Chinese and Japanese each character."""

MOST_CHARACTERS = 40
"""The longest word: a line of a caption has 42 columns, and a hyphen may follow."""

LONGEST_SYLLABLE = 6
SYLLABLE = re.compile(
    r"(?!\w[\u0300-\u036f])[b-df-hj-np-tv-zßб-дж-йк-нп-тф-щ][aeiouyäöüåøæáéíóúàèаеёиоуыэюя]", re.IGNORECASE
)
"""A consonant before a vowel, where most languages may part a word."""

SEPARATED = re.compile(r"[-\u00ad\u2010/_.?&=,;]+")
"""Where a long address or compound is best cut: after these."""


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word of a sentence begins and ends, in characters.

    Punctuation has no sound of its own. It stays with the word before it; an opening mark, with the word after it.

    Args:
        text: A sentence; there is something to speak in it.

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
    """What is between spaces; what is too long for a line is cut."""
    for found in RUN.finditer(text):
        begin, end = found.span()
        while end - begin > MOST_CHARACTERS:
            cut = begin + _cut(text[begin:end])
            yield begin, cut
            begin = cut
        yield begin, end


def _cut(run: str) -> int:
    """Where to cut a long run: after a mark in it, or else in parts of equal length."""
    cuts = [found.end() for found in SEPARATED.finditer(run, MOST_CHARACTERS // 2, MOST_CHARACTERS)]
    if cuts:
        return cuts[-1]
    parts = -(-len(run) // MOST_CHARACTERS)
    cut = len(cut_to_fit(run, -(-len(run) // parts)))
    syllables = [found.start() for found in SYLLABLE.finditer(run, cut - LONGEST_SYLLABLE, cut + 2)]
    return syllables[-1] if syllables else cut


def _opening(text: str, begin: int, end: int) -> int:
    """Where the opening marks at the end of a run begin. `“` closes a German quote, but not before a letter."""
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
