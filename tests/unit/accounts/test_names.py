"""Names of users: what can be seen of an account's name, in a form that the rules allow too."""

import random
import sys
import unicodedata

import pytest

from stoker.accounts.account_copy import is_valid
from stoker.accounts.names import clean_name
from stoker.models.user import MAX_NAME, Name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada", "Ada"),
        ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
        ("Ada\u3000Lovelace", "Ada Lovelace"),
        ("Zo\x00e", "Zo e"),
        ("\ud83dAda\udc08", "Ada"),
        ("\u202eevil\u202c", "evil"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("a" * 97 + "👩\u200d🚀", "a" * 97 + "👩"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("x" * 500, "x" * MAX_NAME),
        ("🐈" * 50, "🐈" * 50),
        ("🐈" * 100, "🐈" * 50),
        ("a" + "🐈" * 50, "a" + "🐈" * 49),
        ("a" * 99 + " b", "a" * 99),
        *((text, None) for text in (None, "", " ", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\x00\x1b", "\ud800")),
        *((text, None) for text in ("\u200d", "\ufe0f", "\u00ad \u00a0", "\u202e", " " * 300 + "\u200b")),
        (" " * 300 + "a", "a"),
    ],
)
def test_a_name_becomes_what_can_be_seen_of_it(text: str | None, name: str | None) -> None:
    assert clean_name(text) == name


def test_every_cleaned_name_is_one_that_the_rules_allow() -> None:
    chance = random.Random(11)
    letters = [
        " ",
        "\n",
        "\u200b",
        "\u200d",
        "\u202e",
        "\ud800",
        "a",
        "é",
        "🐈",
        "\u0301",
        "\x85",
        "\u3164",
        "\U000e0041",
    ]
    for _ in range(3000):
        some = [chr(chance.randrange(sys.maxunicode)) for _ in range(3)]
        text = "".join(chance.choice([*letters, *some]) for _ in range(chance.choice([1, 2, 5, 130])))
        name = clean_name(text)
        if name is not None:
            assert is_valid(Name, name), repr(text)
            assert clean_name(name) == name
            name.encode()


UNSEEN = (
    *("\u0300", "\u0301", "\u036f", "\u1ab0", "\u1dff", "\u20d0", "\u20e3", "\ufe20", "\ufe2f"),
    *("\ufff0", "\ufff9", "\ufffb", "\U0001bca0", "\U0001bca3", "\U0001d173", "\U0001d17a"),
    *("\U000e0000", "\U000e0001", "\U000e0041", "\U000e007f", "\U000e0100", "\U000e01ef", "\U000e0fff"),
)
"""Characters that show nothing by themselves: combining marks, tags, controls of annotations, shorthand and music."""


@pytest.mark.parametrize("letter", UNSEEN, ids=ascii)
def test_a_character_that_shows_nothing_by_itself_is_a_name_only_beside_others(letter: str) -> None:
    for text in (letter, letter * 3, f" {letter}\u200b{letter}", "".join(UNSEEN)):
        assert clean_name(text) is None
        assert not is_valid(Name, text)
    for text in (f"e{letter}", f"{letter}a", f"🏴{letter}"):
        assert clean_name(text) == text
        assert is_valid(Name, text)


@pytest.mark.parametrize(
    "letter",
    ["\u02ff", "\u0370", "\ufffc", "\ufffd", "\U0001bc9f", "\U0001bca4", "\U0001d172", "\U0001d17b", "\u093e"],
    ids=ascii,
)
def test_a_character_beside_them_is_a_name(letter: str) -> None:
    assert clean_name(letter) == letter
    assert is_valid(Name, letter)


def test_no_single_character_that_shows_nothing_is_a_name() -> None:
    for code in range(0x10000):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cc", "Zs", "Zl", "Zp"):
            assert clean_name(letter) is None, hex(code)
            assert not is_valid(Name, letter), hex(code)
