"""The width of a text on a screen, and the best place to cut a long text."""

import re
import unicodedata
from collections.abc import Callable

CLAUSE_END = re.compile(r"[,;:–—、，；：،؛]+[\s”’\"'»)]*\s*")
MAX_MARKS = 64
"""The most characters before a cut that are searched for the start of a letter with its accents, or of an emoji.
Source: Unicode Standard Annex #15, section 13 (Stream-Safe Text Format: no more than 30)."""

SPACE = re.compile(r"\s+")


def columns(text: str) -> int:
    """Return the number of columns that a text takes on a screen. East Asian characters take two, combining marks none.

    Source: Unicode Standard Annex #11.

    Args:
        text: The text.

    Example:
        >>> columns("abc"), columns("日本")
        (3, 4)
    """
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def cut_to_fit(text: str, most: int, size: Callable[[str], int] = len) -> str:
    """Return the first part of a text that fits. It ends after a clause, else after a word, else inside a word.

    A cut in the first half is not used, so that the part is not too short.

    Args:
        text: The text.
        most: The greatest size of the part.
        size: Measures a text. A longer text must have a greater size.

    Example:
        >>> cut_to_fit("To be, or not to be, that is", 24)
        'To be, or not to be, '
    """
    if size(text) <= most:
        return text
    fits = _fitting(text, most, size)
    for end in (CLAUSE_END, SPACE):
        cuts = [found.end() for found in end.finditer(text[:fits]) if found.end() > fits / 2]
        if cuts:
            return text[: cuts[-1]]
    # A letter stays together with its accents, and an emoji with its modifiers. If that is not possible within the last
    # `MAX_MARKS` characters, the text is cut anyway. So a text of modifiers alone is cut into long parts too.
    whole = next((at for at in range(fits, max(fits - MAX_MARKS, 0), -1) if not _belongs(text, at)), fits)
    return text[:whole]


BEFORE_THEIR_CONSONANT = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
"""Vowels of Thai and Lao that are written before the consonant after which they are spoken.
Source: https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt (Logical_Order_Exception)"""


def _belongs(text: str, at: int) -> bool:
    """Return whether a character belongs to the character before it, as an accent or an emoji's modifier does."""
    return (
        unicodedata.category(text[at]) in ("Mn", "Mc", "Me", "Sk")
        or _joins(text[at - 1 : at + 1])
        or text[at - 1] in BEFORE_THEIR_CONSONANT
    )


def _joins(pair: str) -> bool:
    return "\u200d" in pair or "\ufe0f" in pair[1:]


def _fitting(text: str, most: int, size: Callable[[str], int]) -> int:
    """Return the number of characters of the longest start of a text that fits, at least 1."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return low
