"""Cleaning of users' names for profiles."""

import re

from stoker.models.document import utf_16_length
from stoker.models.user import INVISIBLE, MAX_NAME, NOT_IN_NAMES

_REFUSED = re.compile(f"[{NOT_IN_NAMES}]+")
_SURROGATES = re.compile("[\ud800-\udfff]+")
JOINER = "\u200d"
"""The zero-width joiner, which joins emoji. A name that is cut must not end with it."""

_SEEN = re.compile(f"[^{INVISIBLE}{NOT_IN_NAMES}]")


def clean_name(text: str | None) -> str | None:
    """Return an account's name in a form that is valid in a profile; None if no character of it is visible.

    Control characters and runs of white space become a space. Half a surrogate pair is removed. A name that is too long
    is cut to `MAX_NAME` UTF-16 units.

    Args:
        text: The account's name.

    Example:
        >>> clean_name(" Ada\\tLovelace\\n")
        'Ada Lovelace'
        >>> clean_name("\\u200b \\u3164") is None
        True
    """
    whole = " ".join(_REFUSED.sub(" ", _SURROGATES.sub("", text or "")).split())
    plain = whole[:MAX_NAME]
    while utf_16_length(plain) > MAX_NAME:
        plain = plain[:-1]
    if plain != whole:
        plain = plain.rstrip(JOINER)
    return plain.strip() if _SEEN.search(plain) else None
