"""The scripts that eSpeak NG's voices read as words. Letters of other scripts are named one by one, or skipped."""

import unicodedata
from functools import lru_cache

EVERYWHERE = frozenset(
    [
        *("LATIN", "GREEK", "ARMENIAN", "GEORGIAN", "DEVANAGARI", "HANGUL", "TAMIL", "KANNADA", "MALAYALAM"),
        *("BENGALI", "GURMUKHI", "GUJARATI", "SINHALA"),
    ]
)
"""Scripts that every voice reads, some of them with another voice. Some voices name Greek letters, as in `5 µm`."""

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
"""Scripts that only the voices of some languages read. Measured with espeakng-loader 0.2.4: a letter that is read takes
under 0.4 s, and one that is named twice as long."""


def unread(text: str, language: str) -> list[str]:
    """Return the letters of a text that a voice does not read, in their order.

    Args:
        text: A text.
        language: The voice's own language: a BCP 47 tag.

    Example:
        >>> unread("今日は", "ja"), unread("今日", "cmn"), unread("Ж, Ada", "en-us")
        (['今', '日'], [], ['Ж'])
    """
    base = language.partition("-")[0].lower()
    return [letter for letter in text if (script := _script(letter)) and not _reads(base, script)]


def readable_form(text: str) -> str:
    """Return a text of the same length, with the digits and letters that eSpeak NG would skip in the form that it reads.

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
    """Return the first word of a letter's name in Unicode; nothing for what is no letter of a script."""
    if unicodedata.category(letter) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    plain = unicodedata.normalize("NFKC", letter)[0]  # of `ª` and `Ω` as a unit, too
    script = unicodedata.name(plain, "").partition(" ")[0]
    return "CJK" if script == "IDEOGRAPHIC" else script
