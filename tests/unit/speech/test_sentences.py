"""Texts of many languages and kinds are divided into the sentences that a person would speak."""

import random
import time

import pytest

from stoker.speech.sentences import MAX_SENTENCE_BYTES, is_spoken, split_sentences

TEXTS = [
    ("en", "Dr. Smith left Washington, D.C. on Jan. 5. He met Mr. J. R. Jones.", 2),
    ("en", "They met at 3 p.m. on Monday. Nobody knew.", 2),
    ("en", "At 5 a.m. Tuesday it weighed approx. 5 kg.", 1),
    ("en", "It cost $1,234.50! Version 2.0.1 is out.", 2),
    ("en", "See https://example.com/a.b?c=1. Or write to ada@example.com.", 2),
    ("en", 'He said "Stop. Now." and left.', 1),
    ("en", "“Really?” she asked.", 1),
    ("en", "Wait... what?! Yes… maybe.", 2),
    ("en", "1. First item\n2. Second item", 2),
    ("en", "😀 Hi. 🎉🎉 Bye.", 2),
    ("en-GB", "Mrs. Hall went to St. John's. It rained.", 2),
    ("de", "Das ist z. B. ein Test, d. h. keiner. Am 3. Mai kam Dr. Müller.", 2),
    ("de-AT", "„Wirklich?“ fragte sie. Siehe Abb. 3 und Nr. 5.", 2),
    ("fr", "M. Dupont est là. Mme. Curie aussi. J.-P. Sartre écrit. « Vraiment ? » dit-il.", 4),
    ("it", "Vedi pag. 3. Il Sig. Rossi tace.", 2),
    ("es", "¿Cómo estás? ¡Bien! El Sr. López llegó.", 3),
    ("ru", "А. С. Пушкин, т. е. поэт. Конец.", 2),
    ("ja", "今日は晴れです。「本当？」と聞いた。はい！行きます。", 4),
    ("zh-CN", "你好，世界。今天天气很好！你去哪儿？我不知道……好吧。他说：“你好。”", 5),
    ("cmn", "你好。再见。", 2),
    ("ko", "안녕하세요. 반갑습니다!", 2),
    ("ar", "مرحبا. كيف حالك؟ بخير.", 3),
    ("he", "שלום. מה שלומך?", 2),
    ("hi", "यह एक वाक्य है। यह दूसरा है।", 2),
    ("th", "สวัสดีครับ วันนี้", 1),
    ("tlh", "Hello. World.", 2),
]


@pytest.mark.parametrize(("language", "text", "count"), TEXTS, ids=lambda value: str(value)[:30])
def test_a_text_has_so_many_sentences(language: str, text: str, count: int) -> None:
    assert len(split_sentences(text, language)) == count, split_sentences(text, language)


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, text, _ in TEXTS])
def test_nothing_of_it_is_lost(language: str, text: str) -> None:
    sentences = split_sentences(text, language)
    assert "".join("".join(one.text for one in sentences).split()) == "".join(text.split())
    for one in sentences:
        assert text[one.start : one.start + len(one.text)].replace("\n", " ") == one.text


def test_a_blank_line_ends_a_paragraph_and_a_new_line_does_not() -> None:
    sentences = split_sentences("One line\ngoes on. Next.\n\n\tA title\n \n\nThe end", "en")
    assert [(one.text, one.ends) for one in sentences] == [
        ("One line goes on.", "sentence"),
        ("Next.", "paragraph"),
        ("A title", "paragraph"),
        ("The end", "paragraph"),
    ]


def test_markup_is_text_like_any_other() -> None:
    assert [one.text for one in split_sentences("<speak>Hi</speak> <b>A</b> & B.", "en")] == [
        "<speak>Hi</speak> <b>A</b> & B."
    ]


@pytest.mark.parametrize("text", [" \n\t\n ", "... --- !!!", "***\n\n***", "“”", "\u200d\u200b", "¿?"])
def test_what_has_no_sound_is_no_sentence(text: str) -> None:
    assert split_sentences(text, "en") == []


HOSTILE = ["a", "我", "é", "👨‍👩‍👧‍👦", "Dr. ", "a.\n\n", "(“", '"a." ', "𝒳", "1. ", "\n", "ab ", "e\u0301", ". "]


@pytest.mark.parametrize("unit", HOSTILE, ids=ascii)
def test_a_hundred_thousand_of_anything_take_little_time_and_become_pieces_of_bounded_size(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    began = time.process_time()
    sentences = split_sentences(text, "en")
    assert time.process_time() - began < 5
    assert max((len(one.text.encode()) for one in sentences), default=0) <= MAX_SENTENCE_BYTES
    assert all(not one.text.startswith(("\u0301", "\u200d")) for one in sentences)


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    text = ", ".join(["and so it goes on and on"] * 100) + "."
    sentences = split_sentences(text, "en")
    assert len(sentences) == 2
    assert sentences[0].text.endswith(",")
    assert [one.ends for one in sentences] == ["clause", "paragraph"]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "letter", ["\u0301", "\u200d", "\ufe0f", "\u200b", "a\u0301", "\U0001f468\u200d", " .", "“", "\n"], ids=ascii
)
def test_a_long_text_of_odd_characters_comes_to_an_end(letter: str) -> None:
    text = (letter * 100_000)[:100_000]
    assert len(split_sentences(text, "en-US")) <= 400


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000", "\u2009"], ids=ascii)
def test_a_wide_space_after_a_letter_does_no_harm(space: str) -> None:
    text = f"C'est le plan B{space}. Oui."
    assert " ".join(one.text for one in split_sentences(text, "fr")) == "C'est le plan B . Oui."


PIECES = [
    *"abAB12 .,!?\"'“”„«»()[]*_`#>-|\n\n\t。！？「」，你éЯя।؟د\u2028\u2029\u00ad\u0301\u200b\u00a0€",
    *(
        "🎉",
        ". ",
        "Dr. ",
        "2. ",
        "\r\n",
        "\r",
        "&amp;",
        "<b>",
        "http://a.b/c",
        "って",
        "## ",
        "```\n",
        "| a |\n",
        "|-|\n",
    ),
]


@pytest.mark.parametrize("language", ["en", "de", "zh", "ja", "ar", "hi", "nl", "ru", "ko", "tlh"])
@pytest.mark.parametrize("markdown", [False, True], ids=["plain", "markdown"])
def test_every_letter_of_any_text_is_spoken_once_and_in_its_place(language: str, markdown: bool) -> None:
    chance = random.Random(f"{language} {markdown}")
    for _ in range(60):
        text = "".join(chance.choices(PIECES, k=chance.randint(1, 60)))
        spoken = split_sentences(text, language, chance.choice(["join", "keep"]), markdown)
        places = [one.position(place) for one in spoken for place in range(len(one.text))]
        assert places == sorted(set(places))
        letters = [letter for one in spoken for letter in one.text]
        assert not {"\n", "\t"} & set(letters)
        if not markdown:
            pairs = zip(places, letters, strict=True)
            assert all(letter in (" ", text[place]) for place, letter in pairs)
            assert [one for one in letters if is_spoken(one)] == [one for one in text if is_spoken(one)]
