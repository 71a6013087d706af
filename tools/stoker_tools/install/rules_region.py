"""Stoker's rules as a region of the app's own file of rules, between `// BEGIN stoker` and `// END stoker`.

The region stands at the end of the app's own block of the database or of the bucket. All else stays as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stoker_tools.install.errors import InstallError
from stoker_tools.install.json_text import line_indent, newline_of
from stoker_tools.rules_lab.errors import RulesError
from stoker_tools.rules_lab.language import Token, tokens

BEGIN = "// BEGIN stoker, renewed by `stoker update`"
END = "// END stoker"
BEGIN_LINE = re.compile(r"// BEGIN stoker(?![\w-])[^\r\n]*")
END_LINE = re.compile(r"// END stoker(?![\w-])[^\r\n]*")

FIRESTORE = r"/databases/\{(\w+)\}/documents"
STORAGE = r"/b/\{(\w+)\}/o"
"""The paths of the blocks into which the regions are put, as patterns with the wildcard's name."""

WILDCARDS = {FIRESTORE: "database", STORAGE: "bucket"}
"""The names of the wildcards in Stoker's rules."""

SKELETONS = {
    FIRESTORE: (
        "rules_version = '2';\n\nservice cloud.firestore {\n  match /databases/{database}/documents {\n  }\n}\n"
    ),
    STORAGE: "rules_version = '2';\n\nservice firebase.storage {\n  match /b/{bucket}/o {\n  }\n}\n",
}
"""The texts of the files before the regions are put in, if the app has no such file."""


@dataclass(frozen=True)
class Region:
    """The region of a file.

    Attributes:
        start: The offset of its first line.
        end: The offset behind its last line.
        text: The rules between the marks, without indentation and with `\\n`.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class RegionRecord:
    """The region as the record of the installation holds it.

    Attributes:
        text: The rules between the marks, as they were written last.
        before: The text that was put in before the first mark.
        after: The text that was put in behind the last mark.
        base: The text of the file before, if it was made for Stoker; None if the app had the file.
    """

    text: str
    before: str = ""
    after: str = ""
    base: str | None = None


@dataclass(frozen=True)
class _Block:
    wildcard: str
    start: int
    closing: int


def region_of(text: str, name: str) -> Region | None:
    """Return the region of a file; None if there is none.

    Args:
        text: The text of the file.
        name: Its path, for errors.

    Raises:
        InstallError: The marks do not fit together, or the text is not in the rules' language.
    """
    begins, ends = (list(_marks(text, name, pattern)) for pattern in (BEGIN_LINE, END_LINE))
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].start():
        lines = ", ".join(str(_line(text, one.start())) for one in sorted([*begins, *ends], key=re.Match.start))
        cure = f"A file has one `{END}` below one `// BEGIN stoker`"
        raise InstallError(f"{name}, line {lines}: the marks of Stoker's region do not fit together. {cure}.")
    start = _line_start(text, begins[0].start())
    newline = text.find("\n", ends[0].end())
    end = len(text) if newline < 0 else newline + 1
    if text[ends[0].end() : end].strip():
        raise InstallError(f"{name}, line {_line(text, end - 1)}: nothing may stand behind the mark in its line.")
    inner = text[text.find("\n", begins[0].end()) + 1 : _line_start(text, ends[0].start())]
    return Region(start, end, dedented(inner))


def dedented(text: str) -> str:
    """Return lines without the indentation that all of them have, and with `\\n`.

    Args:
        text: The lines.

    Example:
        >>> dedented("\\ta {\\r\\n\\t\\tb\\r\\n\\t}\\r\\n")
        'a {\\n\\tb\\n}\\n'
    """
    lines = [line.rstrip() for line in text.splitlines()]
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line]
    shared = min(indents, key=len, default="")
    while any(not indent.startswith(shared) for indent in indents):
        shared = shared[:-1]
    return "".join(f"{line[len(shared) :]}\n" for line in lines)


def is_same(one: str, other: str) -> bool:
    """Return whether two regions have the same lines. Indentation and line breaks do not count.

    Args:
        one: A region.
        other: Another region.
    """
    lines = ([line.strip() for line in text.splitlines() if line.strip()] for text in (one, other))
    return next(lines) == next(lines)


def wanted(text: str | None, name: str, path: str, rules: str) -> str:
    """Return Stoker's rules as they must stand in a file: with the name that the app's wildcard has there.

    Args:
        text: The text of the file; None if there is none.
        name: Its path, for errors.
        path: `FIRESTORE` or `STORAGE`.
        rules: Stoker's rules.

    Raises:
        InstallError: The file has no block for the rules, or its wildcard has a name that Stoker's rules use.
    """
    usual = WILDCARDS[path]
    block = _block(SKELETONS[path] if text is None else text, name, path)
    if block.wildcard == usual:
        return dedented(rules)
    listed = list(tokens(rules))
    if any(one.kind == "name" and one.text == block.wildcard for one in listed):
        reason = f"{name}: the wildcard {{{block.wildcard}}} has a name that Stoker's rules use for something else."
        raise InstallError(f"{reason} Call it {{{usual}}}.")
    uses = [one for before, one, after in _threes(listed) if one.text == usual and (before, after) == ("(", ")")]
    for token in reversed(uses):
        rules = rules[: token.start] + block.wildcard + rules[token.end :]
    return dedented(rules)


def _threes(listed: list[Token]) -> Iterator[tuple[str, Token, str]]:
    for before, one, after in zip(listed, listed[1:], listed[2:], strict=False):
        yield before.text, one, after.text


def put_in(text: str | None, name: str, path: str, rules: str, record: RegionRecord | None) -> tuple[str, RegionRecord]:
    """Return a file with a region, and the record of it. An old region is replaced where it stands.

    Args:
        text: The text of the file; None if there is none.
        name: Its path, for errors.
        path: `FIRESTORE` or `STORAGE`.
        rules: The rules, as `wanted` has returned them.
        record: The record of the last installation; None before the first.

    Raises:
        InstallError: The file has no block for the region, or its marks do not fit together.
    """
    base = SKELETONS[path] if text is None else None
    text = SKELETONS[path] if text is None else text
    block = _block(text, name, path)
    newline = newline_of(text)
    old = region_of(text, name)
    if old is not None:
        if not block.start < old.start < block.closing:
            sentence = f"{name}, line {_line(text, old.start)}: Stoker's region stands outside of its block. Remove it."
            raise InstallError(sentence)
        indent = line_indent(text, old.start)
        lines = _lines(rules, indent, _unit(text, block), newline)
        lines = lines if text[: old.end].endswith("\n") else lines.removesuffix(newline)
        kept = record or RegionRecord(rules)
        renewed = RegionRecord(rules, kept.before, kept.after, kept.base)
        return text[: old.start] + lines + text[old.end :], renewed
    outer = line_indent(text, block.start)
    lines = _lines(rules, outer + _unit(text, block), _unit(text, block), newline)
    start = _line_start(text, block.closing)
    if not text[start : block.closing].strip():
        above = text[:start].rstrip(" \t\r\n")
        is_first = above.endswith("{") or text[:start].endswith(newline * 2)
        before, after, at = "" if is_first else newline, "", start
    else:
        before, after, at = newline, outer, block.closing
    base = base if base is not None else (record.base if record else None)
    return text[:at] + before + lines + after + text[at:], RegionRecord(rules, before, after, base)


def _lines(rules: str, indent: str, unit: str, newline: str) -> str:
    """Return the lines of a region with its marks, in the indentation of the file."""
    inner = [_indented(line, indent, unit) for line in rules.splitlines()]
    return "".join(line + newline for line in [indent + BEGIN, *inner, indent + END])


def _indented(line: str, indent: str, unit: str) -> str:
    """Return a line of Stoker's rules, whose levels have two spaces, in another indentation."""
    if not line.strip():
        return ""
    spaces = len(line) - len(line.lstrip(" "))
    return indent + unit * (spaces // 2) + " " * (spaces % 2) + line.lstrip(" ")


def _unit(text: str, block: _Block) -> str:
    """Return the indentation of one level: the app's block has one level more than its service."""
    own = line_indent(text, block.start)
    return own if own and (set(own) == {"\t"} or len(own) <= 8) else "  "


def taken_out(text: str, name: str, record: RegionRecord) -> str:
    """Return a file without its region.

    Args:
        text: The text of the file.
        name: Its path, for errors.
        record: The record of the region.

    Raises:
        InstallError: The marks do not fit together.
    """
    region = region_of(text, name)
    if region is None:
        return text
    start, end = region.start, region.end
    if record.before and text[:start].endswith(record.before):
        start -= len(record.before)
    if record.after and text.startswith(record.after, end):
        end += len(record.after)
    return text[:start] + text[end:]


def _block(text: str, name: str, path: str) -> _Block:
    """Return the app's block of the database or of the bucket."""
    listed = _tokens(text, name)
    if listed and not _is_version_2(listed):
        raise InstallError(f"{name} must begin with `rules_version = '2';`, for which Stoker's rules are written.")
    for index, token in enumerate(listed):
        if token.kind == "name" and token.text == "match" and listed[index - 1].text in ("{", "}", ";"):
            opening = next(at for at in range(index, len(listed)) if _opens(listed, at))
            written = "".join(text[listed[index + 1].start : listed[opening].start].split())
            if found := re.fullmatch(path, written):
                return _Block(found[1], token.start, _closing(listed, opening, name))
    usual = re.sub(r"\(.*?\)|\\", lambda one: WILDCARDS[path] if one[0] != "\\" else "", path)
    raise InstallError(f"{name} has no block `match {usual} {{ … }}`, into which Stoker's rules belong. Add one.")


def _is_version_2(listed: list[Token]) -> bool:
    return [one.text.strip("'\"") for one in listed[:3]] == ["rules_version", "=", "2"]


def _opens(listed: list[Token], at: int) -> bool:
    """Return whether a token opens a block, or ends the text. A brace right behind a slash begins a wildcard."""
    token = listed[at]
    return token.kind == "end" or (token.kind == "sign" and token.text == "{" and listed[at - 1].text != "/")


def _closing(listed: list[Token], opening: int, name: str) -> int:
    depth = 0
    for token in listed[opening:]:
        if token.kind == "sign":
            depth += (token.text == "{") - (token.text == "}")
            if not depth:
                return token.start
    raise InstallError(f"{name}: a block has no closing brace. Repair the file first.")


def _marks(text: str, name: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the marks that stand in comments of their own, and not in strings or in longer comments."""
    ends = [0, *(token.end for token in _tokens(text, name))]
    starts = [token.start for token in _tokens(text, name)]
    comment = re.compile(r"\s+|/\*.*?\*/|//[^\r\n]*", re.DOTALL)
    for end, start in zip(ends, starts, strict=False):
        for found in comment.finditer(text, end, start):
            if (mark := pattern.match(text, found.start())) and found[0].startswith("//"):
                yield mark


def _tokens(text: str, name: str) -> list[Token]:
    try:
        return list(tokens(text.replace("\ufeff", " ")))
    except RulesError as error:
        raise InstallError(f"{name}: {error} Repair the file first.") from error


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1
