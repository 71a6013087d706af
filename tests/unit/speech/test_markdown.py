"""Markdown is read aloud as a person would read it, and every word keeps its place in the text."""

import re
import time
from collections.abc import Callable
from types import ModuleType

import pytest

from stoker.speech import markdown, markdown_inline
from stoker.speech.markdown import unmarked
from stoker.speech.sentences import MAX_SENTENCE_BYTES, split_sentences


def spoken(text: str) -> list[tuple[str, str]]:
    return [(one.text, one.ends) for one in split_sentences(text, "en", markdown=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A title #\nText.", [("A title", "paragraph"), ("Text.", "paragraph")]),
        ("Text\n## A title\nMore", [("Text", "paragraph"), ("A title", "paragraph"), ("More", "paragraph")]),
        ("A title\n=====\nText", [("A title", "paragraph"), ("Text", "paragraph")]),
        ("#hashtag is text", [("#hashtag is text", "paragraph")]),
        ("- one\n- two\n  more", [("one", "sentence"), ("two more", "paragraph")]),
        ("Intro:\n* one\n+ two", [("Intro:", "sentence"), ("one", "sentence"), ("two", "paragraph")]),
        ("1. one\n2. two", [("1. one", "sentence"), ("2. two", "paragraph")]),
        ("- [x] done\n- [ ] open", [("done", "sentence"), ("open", "paragraph")]),
        ("It was in\n1989. Then", [("It was in 1989.", "sentence"), ("Then", "paragraph")]),
        ("One line\ngoes on.  \nHard", [("One line goes on.", "sentence"), ("Hard", "paragraph")]),
        ("One\\\ntwo", [("One", "sentence"), ("two", "paragraph")]),
        ("> Quoted\n> text", [("Quoted text", "paragraph")]),
        ("a\n\n***\n\nb", [("a", "paragraph"), ("b", "paragraph")]),
        ("| A | B |\n|---|:-:|\n| 1 | 2 |", [("A B", "sentence"), ("1 2", "paragraph")]),
        ("|Name|Age|\n|---|---|\n|Ann|a\\|b|", [("Name Age", "sentence"), ("Ann a|b", "paragraph")]),
        ("one<br>two<BR />three", [("one", "sentence"), ("two", "sentence"), ("three", "paragraph")]),
        ("<p>one</p><p class='a'>two</p>", [("one", "sentence"), ("two", "paragraph")]),
        ("<ul><li>one<li>two</ul>", [("one", "sentence"), ("two", "paragraph")]),
        ("<tr><td>one</td><td>two</td></tr>", [("one two", "paragraph")]),
        ("<b>o</b>ne <preview>t</preview>wo", [("one two", "paragraph")]),
        ("```py\nx = a_b * c_d\n```\nAfter", [("x = a_b * c_d", "paragraph"), ("After", "paragraph")]),
        ("[a]: https://example.com\nText", [("Text", "paragraph")]),
        ("A <!-- hidden\ntext --> B", [("A B", "paragraph")]),
        ("A <!-- ` --> B <!-- `\n\n``` --> C", [("A B C", "paragraph")]),
        ("- # Head\n- > quoted\n- - inner", [("Head", "sentence"), ("quoted", "sentence"), ("inner", "paragraph")]),
        ("1. ## Head\n2. - [x]", [("1. Head", "sentence"), ("2. [x]", "paragraph")]),
        ("- [ ] > a\n- #tag\n- -5 or *b*", [("a", "sentence"), ("#tag", "sentence"), ("-5 or b", "paragraph")]),
        ("See [The  Ref] now, and ![pic].\n\n[the ref]: x\n[PIC]: y", [("See The Ref now, and pic.", "paragraph")]),
        ("[a]: x\n[^1]: a note\n\nSee [b], [a] and[^1] `[a]`.", [("See [b], a and [a].", "paragraph")]),
        ("`<!--` and text `-->`", [("<!-- and text -->", "paragraph")]),
        ("a `b\n<!--` and <!-- c --> `-->`", [("a b <!-- and -->", "paragraph")]),
        ("An accent ` alone\n\nA<!-- c --> `b`", [("An accent ` alone", "paragraph"), ("A b", "paragraph")]),
        ("```\n<!-- a -->\n```\nB <!-- c -->", [("<!-- a -->", "paragraph"), ("B", "paragraph")]),
        ("> ```\n> a_b_\n> ```\n> B *c*", [("a_b_", "paragraph"), ("B c", "paragraph")]),
        ("> ```\n> a\nB *c* <!-- d -->", [("a", "paragraph"), ("B c", "paragraph")]),
    ],
)
def test_blocks_end_as_sentences_and_paragraphs_do(text: str, expected: list[tuple[str, str]]) -> None:
    assert spoken(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a* **b** ***c*** _d_ __e__ ~~f~~", "a b c d e f"),
        ("**bold _and it_**", "bold and it"),
        ("un*frigging*believable", "unfriggingbelievable"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        (r"\*not\* this \_one\_", "*not* this _one_"),
        ("`a_b *c*` is code", "a_b *c* is code"),
        ("[text](https://example.com/a_(b) 'title') and [ref][1]", "text and ref"),
        ("![a picture](x.png) [![alt](i.png)](u)", "a picture alt"),
        ("see <https://example.com> or <ada@example.com>", "see https://example.com or ada@example.com"),
        ("H<sub>2</sub>O &amp; more &lt;b&gt;", "H2O & more <b>"),
        ("A note[^1] here", "A note here"),
        ("one&#10;two&#9;three&nbsp;four", "one two three four"),
        ("[brackets] stay", "[brackets] stay"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
    ],
)
def test_no_mark_is_spoken(text: str, expected: str) -> None:
    assert " ".join(text for text, _ in spoken(text)) == expected


@pytest.mark.parametrize("text", ["~~~\nx <!--y\n~~~\nText -->", "> ```\n> x <!--y\n> ```\n> Text -->", "x <!--y Text"])
def test_a_mark_that_begins_no_comment_leaves_no_word_out(text: str) -> None:
    words = re.findall(r"\w+", text)
    assert re.findall(r"\w+", " ".join(text for text, _ in spoken(text))) == words


PAGE = """# The *great* day 🎉

Some **bold** text, `code` and a [link](https://example.com).\r
It goes on.

- one
- two  **wide**
"""


def test_every_character_has_its_place_in_the_text() -> None:
    for one in split_sentences(PAGE, "en", markdown=True):
        for place, letter in enumerate(one.text):
            assert letter == " " or PAGE[one.position(place)] == letter


def test_lines_may_be_kept_in_markdown_too() -> None:
    poem = "# Roses\nRoses are *red*\nViolets are blue"
    found = split_sentences(poem, "en", lines="keep", markdown=True)
    assert [one.text for one in found] == ["Roses", "Roses are red", "Violets are blue"]


HOSTILE = [
    *(
        "*a",
        "`",
        "`` ` ",
        "[a](",
        "![",
        "<!--",
        "\\*",
        "&amp;",
        "| a |\n",
        "- a\n",
        "> ",
        "_a_ ",
        "# \n",
        "**",
        "~~a",
        "<a ",
    ),
    *("[a]: ", "1. a\n", "|--", "<a@", "![](<", "[](((a", "\\", "  \n", "```\n", "&#1;"),
]


@pytest.mark.parametrize("unit", HOSTILE, ids=ascii)
def test_a_long_text_of_any_marks_takes_little_time(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    began = time.process_time()
    sentences = split_sentences(text, "en", markdown=True)
    assert time.process_time() - began < 2
    assert len(unmarked(text)) == len(text)
    assert all(len(one.text.encode()) <= MAX_SENTENCE_BYTES and "\x01" not in one.text for one in sentences)


def patterns(module: ModuleType) -> dict[str, re.Pattern[str]]:
    return {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}


OF_LINES = patterns(markdown)
SEARCHED = patterns(markdown_inline) | {name: OF_LINES.pop(name) for name in ("PART_END", "HEADING_END")}
OPENINGS = ("", "[](", "[](a ", '[](a "', "[](<", "[]((", "[a]: ", "[a", "# a #", "- [", "1.", "<a", "\n", "```")
RUNS = (*" \t-|~`*_=#>[]()<!:&\\\"'a1", "- ", "* ", "|-", " #", "> ", "(a)", "`` ")


@pytest.mark.parametrize(
    "find",
    [*(one.match for one in OF_LINES.values()), *(one.search for one in SEARCHED.values())],
    ids=[*OF_LINES, *SEARCHED],
)
def test_the_time_of_a_pattern_grows_with_the_length_alone(find: Callable[[str], object]) -> None:
    for opening in OPENINGS:
        for run in RUNS:
            text = opening + (run * 8000)[:8000] + "x`"
            began = time.process_time()
            find(text)
            assert time.process_time() - began < 0.08, (opening, run)


@pytest.mark.parametrize("text", ["[](" + " " * 50_000 + "x", "a|b\n" + "-" * 50_000 + "x|", "~" * 50_000 + "`"])
def test_a_long_run_of_a_mark_takes_little_time(text: str) -> None:
    began = time.process_time()
    split_sentences(text, "en", markdown=True)
    assert time.process_time() - began < 2
