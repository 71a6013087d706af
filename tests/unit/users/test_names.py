"""Names of users: what can be seen of an account's name, in a form that the rules allow too."""

import random
import sys
import unicodedata

import pytest

from stoker.models.user import MAX_NAME, Name
from stoker.users.account_copy import is_valid
from stoker.users.names import clean_name


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
    letters = [" ", "\n", "\u200b", "\u200d", "\u202e", "\ud800", "a", "é", "🐈", "\u0301", "\x85", "\u3164"]
    for _ in range(3000):
        some = [chr(chance.randrange(sys.maxunicode)) for _ in range(3)]
        text = "".join(chance.choice([*letters, *some]) for _ in range(chance.choice([1, 2, 5, 130])))
        name = clean_name(text)
        if name is not None:
            assert is_valid(Name, name), repr(text)
            assert clean_name(name) == name
            name.encode()


def test_no_single_character_that_shows_nothing_is_a_name() -> None:
    for code in range(0x10000):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cc", "Zs", "Zl", "Zp"):
            assert clean_name(letter) is None, hex(code)
            assert not is_valid(Name, letter), hex(code)
