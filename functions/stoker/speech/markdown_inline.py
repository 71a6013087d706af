"""The removal of marks inside a Markdown paragraph: emphasis, code, links, pictures, escapes, entities and tags."""

import html
import re
import unicodedata
from collections.abc import Iterator, Set

LEFT_OUT = "\ufdd0"
"""The placeholder of a character that is not spoken. Unicode reserves it for such internal use, so no text has it."""

LINE = "\u2028"
"""Unicode's line separator. It ends a sentence."""

CODE = re.compile(r"(?<!`)(`{1,5})(?!`)(.{1,500}?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(
    r"!?\[([^\[\]]{0,1000})\]"
    r"(?:\([ \t]*+(?:<[^<>\n]{0,2000}>|(?:[^()\s]|\([^()\s]{0,200}\)){0,2000})"
    r"(?:\s++(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s*+\)"
    r"|\[[^\[\]]{0,200}\])"
)
SHORTCUT = re.compile(r"!?\[([^\[\]]{1,1000})\]")
"""A link that consists of a name alone. It is a link only if the name is defined."""

FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,100}\]:?")
AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000}|[^<>\s@]{1,100}@[^<>\s]{1,200})>")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
LINE_TAG = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|caption|center|d[dlt]|details|dialog|div|fieldset|figcaption|figure|"
    r"footer|form|h[1-6r]|head|header|html|legend|li|main|menu|nav|[ou]l|option|p|pre|search|section|summary|table|tbody|"
    r"tfoot|thead|title|tr)(?![\w-])",
    re.IGNORECASE,
)
"""An HTML tag that ends a line.
Source: https://spec.commonmark.org/0.31.2/#html-blocks, the sixth kind, and `br` and `pre`."""

CELL_TAG = re.compile(r"</?t[dh](?![\w-])", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
RUN = re.compile(r"\*+|_+|~+")


def leave_out(characters: list[str], start: int, end: int) -> None:
    """Leave out a part of a text.

    Args:
        characters: The characters of the whole text; changed in place.
        start: The start of the part.
        end: The end of the part.
    """
    characters[start:end] = LEFT_OUT * (end - start)


def label_of(name: str) -> str:
    """Return the name of a link in the form in which names are compared. Case and the number of spaces do not matter.

    Source: https://spec.commonmark.org/0.31.2/#matches

    Args:
        name: The name, as it is written.

    Example:
        >>> label_of(" The\\nREF ")
        'the ref'
    """
    return " ".join(name.casefold().split())


def unmark_inline(characters: list[str], start: int, end: int, labels: Set[str]) -> None:
    """Leave out the marks of a part of a text.

    Args:
        characters: The characters of the whole text; changed in place.
        start: The start of the part.
        end: The end of the part.
        labels: The names of the links that the text defines, as `label_of` returns them.
    """
    marks = characters[start:end]  # a copy, in which marks that have been handled are replaced
    for code in CODE.finditer("".join(marks)):
        _keep(characters, marks, start, code)
        marks[code.start(1) : code.end()] = "x" * (code.end() - code.start(1))
    for escape in ESCAPE.finditer("".join(marks)):
        _keep(characters, marks, start, escape)
        marks[escape.start(1)] = "x"
    for pattern in (AUTOLINK, LINK, LINK):  # LINK comes twice, because a picture may be inside a link
        for link in pattern.finditer("".join(marks)):
            _keep(characters, marks, start, link)
    for shortcut in SHORTCUT.finditer("".join(marks)):
        if label_of(text := shortcut[1]) in labels and not text.startswith("^"):
            _keep(characters, marks, start, shortcut)
    for pattern in (FOOTNOTE, TAG):
        for mark in pattern.finditer("".join(marks)):
            leave_out(characters, start + mark.start(), start + mark.end())
            leave_out(marks, mark.start(), mark.end())
            if LINE_TAG.match(mark.group()):
                characters[start + mark.start()] = LINE
            elif CELL_TAG.match(mark.group()):
                characters[start + mark.start()] = " "
    for entity in ENTITY.finditer("".join(marks)):
        letter = html.unescape(entity.group())
        if len(letter) == 1:
            leave_out(characters, start + entity.start(), start + entity.end())
            control = unicodedata.category(letter) in ("Cc", "Cs")
            if not control or letter.isspace():
                characters[start + entity.start()] = " " if control else letter
            leave_out(marks, entity.start(), entity.end())
    for place in _emphasis("".join(marks)):
        characters[start + place] = LEFT_OUT


def _keep(characters: list[str], marks: list[str], start: int, found: re.Match[str]) -> None:
    """Leave out a match, except its last group."""
    group = found.re.groups
    for begin, end in ((found.start(), found.start(group)), (found.end(group), found.end())):
        leave_out(characters, start + begin, start + end)
        leave_out(marks, begin, end)


def _emphasis(text: str) -> Iterator[int]:
    """Yield the positions of emphasis marks that come in pairs.

    Source: https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis, without its rules on multiples of three.
    """
    opened: dict[str, list[tuple[int, int]]] = {"*": [], "_": [], "~": []}
    for run in RUN.finditer(text):
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        word = run.group()[0] == "_"
        opens = after != "" and not after.isspace() and not (word and before.isalnum())
        closes = before != "" and not before.isspace() and not (word and after.isalnum())
        begin, end = run.span()
        stack = opened[run.group()[0]]
        while closes and begin < end and stack:
            first, last = stack.pop()
            paired = min(last - first, end - begin)
            yield from range(last - paired, last)
            yield from range(begin, begin + paired)
            begin += paired
            if first < last - paired:
                stack.append((first, last - paired))
        if opens and begin < end:
            stack.append((begin, end))
