"""The removal of Markdown's marks, so that they are not spoken.

Headings, list items and table rows end as sentences do.
Sources: CommonMark 0.31.2 (https://spec.commonmark.org/0.31.2/), and GitHub's tables, task lists and `~~`
(https://github.github.com/gfm/).
"""

import re
from dataclasses import dataclass, field

from stoker.speech.markdown_inline import CODE, LINE, label_of, leave_out, unmark_inline

PARAGRAPH = "\u2029"
BLANK = re.compile(r"\n[ \t]*\n")
PART_END = re.compile(rf"[\u2028\u2029]|{BLANK.pattern}")
COMMENT_OR_CODE = re.compile(r"[^\n]*?(<!--|(?<!`)`{1,5}(?!`))")

QUOTE = re.compile(r" {0,3}(?:>[ \t]?)+")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,}+)[^`]*$")
RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
HEADING_END = re.compile(r"[ \t]#+[ \t]*$")
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
ITEM = re.compile(r"[ \t]*(?:[-*+]|(?P<number>\d{1,9})[.)])(?P<space>[ \t]+(?:\[[ xX]\][ \t]+)?|$)")
NESTED = re.compile(r"(?:[-*+][ \t]+|#{1,6}[ \t]+|>[ \t]?)+")
"""The marks of items, headings and quotes inside an item."""

TABLE_RULE = re.compile(r"(?=[ \t|:]*-)[ \t|:-]+$")
DEFINITION = re.compile(r" {0,3}\[([^\[\]]+)\]:[ \t]*\S")


@dataclass
class Before:
    """The state that the lines before a line have left.

    Attributes:
        fence: The mark that began a block of code; empty outside of a block of code.
        quoted: Whether the block of code is in a quote.
        text: Whether the line before is text, so that this line may continue it.
        listed: Whether there was a list item since the last paragraph.
        table: Whether the line before is a table row.
        labels: The names of the links that have been defined.
    """

    fence: str = ""
    quoted: bool = False
    text: bool = False
    listed: bool = False
    table: bool = False
    labels: set[str] = field(default_factory=set)


def unmarked(text: str) -> str:
    """Replace the marks of a Markdown text. The result has the same length, so positions in the text stay the same.

    Each character of a mark becomes `LEFT_OUT`. Unicode's separators are set at the ends of lines and paragraphs. The
    texts of links and pictures stay, and their addresses are left out. Code stays. HTML tags and comments are left out.

    Args:
        text: The Markdown text.

    Example:
        >>> from stoker.speech.markdown_inline import LEFT_OUT
        >>> unmarked("# A *big* day\\n- [one](https://example.com)\\n- two").replace(LEFT_OUT, "")
        'A big day\\u2029one\\u2028two'
    """
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    characters = list(text)
    before = Before()
    code: set[int] = set()  # the starts of lines of code
    start = understood = 0
    while start < len(text):
        if before.quoted and not QUOTE.match(text, start):
            # The block of code ends with the quote.
            _end(characters, start - 1, PARAGRAPH)
            before.fence, before.quoted = "", False
        if before.fence:
            code.add(start)
        else:
            understood = _leave_comments_out(characters, text, max(start, understood))
        line = _line(characters, start)
        following = start + len(line) + 1
        _read_line(characters, start, line, _line(characters, following), before)
        start = following
    read, start = "".join(characters), 0
    for end in [*PART_END.finditer(read), None]:
        stop = len(read) if end is None else end.start()
        if start not in code:
            unmark_inline(characters, start, stop, before.labels)
        start = stop if end is None else end.end()
    return "".join(characters)


def _line(characters: list[str], start: int) -> str:
    try:
        return "".join(characters[start : characters.index("\n", start)])
    except ValueError:  # the last line
        return "".join(characters[start:])


def _leave_comments_out(characters: list[str], text: str, at: int) -> int:
    """Leave out the comments that begin in a line, except in code.

    Args:
        characters: The characters of the text; changed in place.
        text: The Markdown text.
        at: The position up to which the text has been read.

    Returns:
        The new position: after the last comment or code that begins in the line.
    """
    while found := COMMENT_OR_CODE.match(text, at):
        at = found.end()
        if found[1] != "<!--":
            code = CODE.match(text, found.start(1))
            at = code.end() if code and not BLANK.search(code.group()) else at
        elif (end := text.find("-->", at)) >= 0:
            leave_out(characters, found.start(1), end + 3)
            at = end + 3
        else:
            return len(text)
    return at


def _read_line(characters: list[str], start: int, line: str, following: str, before: Before) -> None:
    end = start + len(line)
    quote = QUOTE.match(line) if before.quoted or not before.fence else None
    at = start + (quote.end() if quote else 0)
    leave_out(characters, start, at)
    rest = line[at - start :]
    fence = FENCE.match(rest)
    definition = None if before.text else DEFINITION.match(rest)
    if before.fence:
        closes = fence is not None and fence[1].startswith(before.fence) and rest.strip() == fence[1]
        if closes:
            leave_out(characters, at, end)
            before.fence, before.quoted = "", False
        _end(characters, end, PARAGRAPH if closes else LINE)
    elif fence:
        leave_out(characters, at, end)
        _end(characters, start - 1, PARAGRAPH)
        _end(characters, end, PARAGRAPH)
        before.fence, before.quoted = fence[1], quote is not None
        before.text = before.table = False
    elif not rest.strip():
        before.text = before.table = False
    elif UNDERLINE.match(rest) and before.text:
        leave_out(characters, at, end)
        _end(characters, end, PARAGRAPH)
        before.text = False
    elif definition or RULE.match(rest):
        if definition:
            before.labels.add(label_of(definition[1]))
        leave_out(characters, at, end)
        _end(characters, start - 1, PARAGRAPH)
        _end(characters, end, PARAGRAPH)
        before.text = False
    elif _is_row(rest, following, before):
        if TABLE_RULE.match(rest):
            leave_out(characters, at, end)
        else:
            _part_cells(characters, at, end)
        _end(characters, start - 1, LINE)
        _end(characters, end, LINE)
        before.table, before.text = True, False
    elif heading := HEADING.match(rest):
        leave_out(characters, at, at + heading.end())
        if ending := HEADING_END.search(rest, heading.end() - 1):
            leave_out(characters, at + ending.start(), end)
        _end(characters, start - 1, PARAGRAPH)
        _end(characters, end, PARAGRAPH)
        before.text = before.listed = False
    elif (item := ITEM.match(rest)) and (not before.text or before.listed or item["number"] in (None, "1")):
        # The number of an item is spoken.
        leave_out(characters, at + (item.start("space") if item["number"] else 0), at + item.end())
        if item["number"] and item["space"]:
            characters[at + item.start("space")] = " "
        if item["space"] and (nested := NESTED.match(rest, item.end())):
            leave_out(characters, at + nested.start(), at + nested.end())
        _end(characters, start - 1, LINE)
        before.text = before.listed = True
    else:
        if rest.endswith("\\"):
            leave_out(characters, end - 1, end)
        if rest.endswith(("  ", "\\")):
            _end(characters, end, LINE)
        before.listed = before.listed and (before.text or rest[:1] in " \t")
        before.text = True


def _is_row(rest: str, following: str, before: Before) -> bool:
    if "|" not in rest:
        return False
    return before.table or (TABLE_RULE.match(following) is not None and "|" in following)


def _part_cells(characters: list[str], start: int, end: int) -> None:
    """Replace the bars between the cells of a row by spaces. An escaped bar (`\\|`) stays."""
    for at in range(start, end):
        if characters[at] == "|" and (at == start or characters[at - 1] != "\\"):
            characters[at] = " "


def _end(characters: list[str], at: int, mark: str) -> None:
    """Mark the end of a line, unless the end of a paragraph is marked there already."""
    if 0 <= at < len(characters) and characters[at] != PARAGRAPH:
        characters[at] = mark
