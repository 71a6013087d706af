"""How wide a text is, and where it is best cut."""

import re
import unicodedata
from collections.abc import Callable

CLAUSE_END = re.compile(r"[,;:–—、，；：،؛]+[\s”’\"'»)]*\s*")
MAX_MARKS = 64
"""More than a letter or an emoji has of what belongs to it. Source: Unicode Standard Annex #15, section 13 (Stream-Safe
Text Format: no more than 30)."""

SPACE = re.compile(r"\s+")


def columns(text: str) -> int:
    """The columns that a text takes on a screen: East Asian characters take two, combining marks none.

    Source: Unicode Standard Annex #11.

    Example:
        >>> columns("abc"), columns("日本")
        (3, 4)
    """
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def cut_to_fit(text: str, most: int, size: Callable[[str], int] = len) -> str:
    """The first part of a text that fits: it ends after a clause, else after a word, else where it must.

    A clause's end in the first half is passed over for a later space: a part should not be too short either.

    Args:
        text: The text.
        most: The size that the part may have.
        size: Measures a text; grows with it.

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
    # No letter is parted from its accents, no emoji from what shapes it. A text of nothing else is cut all the same:
    # in steps of one, it would never come to an end.
    whole = next((at for at in range(fits, max(fits - MAX_MARKS, 0), -1) if not _belongs(text, at)), fits)
    return text[:whole]


BEFORE_THEIR_CONSONANT = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
"""Vowels of Thai and Lao that are written before the consonant after which they are spoken.
Source: https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt (Logical_Order_Exception)"""


def _belongs(text: str, at: int) -> bool:
    """Return whether a character is part of the character before it."""
    return (
        unicodedata.category(text[at]) in ("Mn", "Mc", "Me", "Sk")
        or _joins(text[at - 1 : at + 1])
        or text[at - 1] in BEFORE_THEIR_CONSONANT
    )


def _joins(pair: str) -> bool:
    return "\u200d" in pair or "\ufe0f" in pair[1:]


def _fitting(text: str, most: int, size: Callable[[str], int]) -> int:
    """The longest start of the text that fits, in characters; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return low
