"""Words are shown one by one: punctuation and opening marks stand on the right side of them."""

import pytest

from stoker.speech.words import MOST_CHARACTERS, word_spans


def words(text: str) -> list[str]:
    return [text[begin:end] for begin, end in word_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说：“你好。”", ["他", "说：", "“你", "好。”"]),
        ("我读《红楼》（上）。", ["我", "读", "《红", "楼》", "（上）。"]),
        ("問「行く？」『はい』", ["問", "「行", "く？」", "『は", "い』"]),
        ("他说：「“好”」", ["他", "说：", "「“好”」"]),
        ('他说"好"再"见"', ["他", "说", '"好"', "再", '"见"']),
        ("看（ABC）和【书】", ["看", "（ABC）", "和", "【书】"]),
        ("„Ja“ sagte er.", ["„Ja“", "sagte", "er."]),
        ("dit « oui » ou", ["dit", "« oui »", "ou"]),
        ("¿Qué? ¡Ah!", ["¿Qué?", "¡Ah!"]),
        ("siehe § 5 (a)", ["siehe", "§ 5", "(a)"]),
        ("- a - b ...", ["- a -", "b ..."]),
    ],
)
def test_a_mark_stays_with_what_it_belongs_to(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "https://example.com/a/very/long/path/with/many/parts/that/never/ends?query=string&and=more",
        "e\u0301" * 90,
        "x" * 200,
        "“" * 90 + "a",
        "สวัสดีครับวันนี้อากาศดีมาก" * 4,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_a_long_word_is_cut_and_nothing_of_it_is_lost(text: str) -> None:
    found = words(text)
    assert "".join(found) == text
    assert all(len(word) <= MOST_CHARACTERS or not word.strip("“").isascii() for word in found[1:])
    assert not any(word.startswith("\u0301") for word in found)


def test_an_address_is_cut_after_its_marks() -> None:
    text = "https://example.com/a/very/long/path/with/many/parts/that/never/ends?query=string"
    assert all(word[-1] in "/?=" for word in words(text)[:-1])


@pytest.mark.parametrize("vowel", ["\u0e40", "\u0e41", "\u0e42", "\u0e43", "\u0e44", "\u0ec0", "\u0ec4"])
@pytest.mark.parametrize("before", range(MOST_CHARACTERS // 2, MOST_CHARACTERS))
def test_a_vowel_that_is_written_first_is_not_parted_from_its_consonant(vowel: str, before: int) -> None:
    text = "\u0e01" * before + f"{vowel}\u0e01" * 30
    assert not [end for _, end in word_spans(text)[:-1] if text[end - 1] == vowel]
