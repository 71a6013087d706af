"""The scripts that the voices of eSpeak NG read as words. They name or skip each letter of other scripts."""

import unicodedata
from functools import lru_cache

EVERYWHERE = frozenset(
    [
        *("LATIN", "GREEK", "ARMENIAN", "GEORGIAN", "DEVANAGARI", "HANGUL", "TAMIL", "KANNADA", "MALAYALAM"),
        *("BENGALI", "GURMUKHI", "GUJARATI", "SINHALA"),
    ]
)
"""Scripts that every voice reads. For some of them, eSpeak NG switches to another voice. Some voices name Greek
letters, as in `5 µm`."""

OWN = {
    "ARABIC": ("ar", "fa", "sd", "ug", "ur"),
    "BOPOMOFO": ("cmn",),
    "CJK": ("cmn", "yue"),
    "CYRILLIC": (
        *("ba", "be", "bg", "bs", "cv", "hr", "ka", "kk", "ky", "lfn", "ltg", "lv"),
        *("mk", "nog", "ru", "sr", "tt", "uk", "uz"),
    ),
    "ETHIOPIC": ("am", "ti"),
    "HEBREW": ("he",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "MYANMAR": ("my",),
    "ORIYA": ("or",),
    "TELUGU": ("te",),
    "THAI": ("th",),
}
"""Scripts that only the voices of some languages read. This was measured with espeakng-loader 0.2.4: a letter that is
read takes less than 0.4 s, and a letter that is named takes twice as long."""


def unread(text: str, language: str) -> list[str]:
    """Return the letters of a text that a voice can't read as words, in order.

    Args:
        text: The text.
        language: The language of the voice, a BCP 47 tag.

    Example:
        >>> unread("今日は", "ja"), unread("今日", "cmn"), unread("Ж, Ada", "en-us")
        (['今', '日'], [], ['Ж'])
    """
    base = language.partition("-")[0].lower()
    return [letter for letter in text if (script := _script(letter)) and not _reads(base, script)]


def readable_form(text: str) -> str:
    """Replace digits and letters that eSpeak NG would skip by forms that it reads. The length stays the same.

    Args:
        text: The text.

    Example:
        >>> readable_form("١٢ ⓐ ½ ª")
        '12 a ½ ª'
    """
    return "".join(map(_folded, text))


@lru_cache(maxsize=10_000)
def _folded(letter: str) -> str:
    digit = unicodedata.decimal(letter, -1)
    if digit >= 0:
        return str(digit)
    plain = unicodedata.normalize("NFKC", letter)
    formed = unicodedata.decomposition(letter).startswith(("<circle>", "<font>", "<narrow>", "<wide>"))
    return plain if formed and len(plain) == 1 else letter


def _reads(base: str, script: str) -> bool:
    return script in EVERYWHERE or base in OWN.get(script, ())


@lru_cache(maxsize=10_000)
def _script(letter: str) -> str:
    """Return the script of a letter: the first word of its Unicode name. Return an empty text for other characters."""
    if unicodedata.category(letter) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    plain = unicodedata.normalize("NFKC", letter)[0]  # also letters such as `ª`, and the ohm sign `Ω`
    script = unicodedata.name(plain, "").partition(" ")[0]
    return "CJK" if script == "IDEOGRAPHIC" else script
