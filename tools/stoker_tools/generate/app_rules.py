"""Stoker's rules for an app: with the app's names of collections, its features, and functions that clash with no other.

The rules of this project are the template. An app has them as a region inside its own `match` block of the database or
of the bucket.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stoker_tools.generate.regions import BEGIN, replaced
from stoker_tools.rules_lab.language import Token, tokens

PREFIX = "stoker"
"""The beginning of the name of each function in an app's rules. Many apps have an `isOwner` of their own."""

OWN = "own documents"
"""The region of the template for the documents of an app whose code lies in this project."""

WILDCARD = "database"
"""The name of the wildcard for the database in this project's rules."""


@dataclass(frozen=True)
class _Block:
    """A `match` block or a function: where it begins, with the comment above it, and where it ends."""

    keyword: str
    name: str
    start: int
    inner: int
    end: int


def region(
    template: str,
    parts: Mapping[str, str],
    *,
    names: Mapping[str, str],
    collections: Collection[str] | None = None,
    own: str = "",
    wildcard: str = WILDCARD,
) -> str:
    """Return the rules for a region in an app's rules: the content of the block of the database or of the bucket.

    Args:
        template: The text of this project's rules.
        parts: The generated checks, by the names of their regions, as in `generate.files`.
        names: The app's names of collections that differ from Stoker's, by the usual names.
        collections: The usual names of the collections that the app has. Blocks of other collections are left out. None
            for all blocks.
        own: The `match` blocks of the app's own documents.
        wildcard: The name of the wildcard for the database in the app's rules.

    Returns:
        The rules, without indentation.

    Raises:
        GenerateError: A region of the template has no part.
        RulesError: The template is not in the rules' language.
    """
    text = template if collections is None else _without(template, lambda block: _collection(block) not in collections)
    left = {match["name"] for match in BEGIN.finditer(text)}
    text = replaced(text, {name: part for name, part in {**parts, OWN: ""}.items() if name in left})
    # Neither the marks nor the names of Stoker's modules help the reader of an app's rules.
    text = re.sub(r"(?m)^ *// ((BEGIN|END) [\w. ]+?(, made by scripts/generate)?|From stoker\..*)\n", "", text)
    # The app's own documents come after the renaming: they may have a name that Stoker's have given up.
    content = f"{_with_names(_content(text).rstrip(), names)}\n{_indented(own)}"
    content = _without_unused(content)
    return _prefixed(_dedented(content), wildcard).strip("\n") + "\n"


def _collection(block: _Block) -> str:
    """Return the collection of a `match` block; an empty text for a function, which stays."""
    found = re.match(r"/(\w+)/\{\w+\}$", block.name)
    return found[1] if found and block.keyword == "match" else ""


def _without(text: str, is_left_out: Callable[[_Block], bool]) -> str:
    """Return the text without some of the blocks inside the block of the database, at any depth."""
    cut = [block for block in _blocks(text) if _collection(block) and is_left_out(block)]
    for block in sorted(cut, key=lambda one: one.start, reverse=True):
        if not any(other.start < block.start and block.end <= other.end for other in cut):
            text = text[: block.start] + text[block.end :].removeprefix("\n")
    return text


def _without_unused(content: str) -> str:
    """Return the content without the functions that nothing calls."""
    while True:
        uses = Counter(token.text for token in _called(list(tokens(content))))
        declared = [block for block in _blocks(content) if block.keyword == "function"]
        unused = [block for block in declared if uses[block.name] < 2]
        if not unused:
            return content
        content = content[: unused[-1].start] + content[unused[-1].end :].removeprefix("\n")


def _called(listed: Sequence[Token]) -> Iterator[Token]:
    """Yield the name of each function where it is declared, and where it is called."""
    for before, one, after in zip([listed[-1], *listed], listed, listed[1:], strict=False):
        if one.kind == "name" and after.text == "(" and before.text != ".":
            yield one


def _blocks(text: str) -> Iterator[_Block]:
    """Yield every `match` block and every function of a text."""
    listed = list(tokens(text))
    for index, token in enumerate(listed):
        if token.kind == "name" and token.text in ("match", "function") and listed[index + 1].text != "(":
            opening = _opening(listed, index)
            end = _closing(listed, opening).end
            name = text[listed[index + 1].start : listed[opening].start].strip()
            name = name.partition("(")[0] if token.text == "function" else name
            newline = text.find("\n", end)
            end = len(text) if newline < 0 else newline + 1
            yield _Block(token.text, name, _above(text, token.start), listed[opening].end, end)


def _opening(listed: Sequence[Token], index: int) -> int:
    """Return the index of the brace that opens a block. A brace right behind a slash begins a wildcard."""
    while not (listed[index].text == "{" and listed[index - 1].text != "/"):
        index += 1
    return index


def _closing(listed: Sequence[Token], opening: int) -> Token:
    depth = 0
    for token in listed[opening:]:
        depth += (token.text == "{") - (token.text == "}") if token.kind == "sign" else 0
        if not depth:
            return token
    return listed[-1]


def _above(text: str, start: int) -> int:
    """Return the offset of the first line of the comment that stands right above a block."""
    start = text.rfind("\n", 0, start) + 1
    while start:
        before = text.rfind("\n", 0, start - 1) + 1
        if not text[before:start].strip().startswith("//"):
            break
        start = before
    return start


def _content(text: str) -> str:
    """Return what stands inside the block of the database or of the bucket: the first `match` block."""
    block = next(one for one in _blocks(text) if one.keyword == "match")
    return text[block.inner : text.rindex("}", block.inner, block.end)]


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """Return the text with the app's names of Stoker's collections."""
    listed = list(tokens(text))
    return _edited(
        text,
        [
            (one, names[one.text])
            for before, one in pairwise(listed)
            if before.text == "/" and one.kind == "name" and one.text in names
        ],
    )


def _prefixed(text: str, wildcard: str) -> str:
    """Return the text with prefixed functions, and the app's wildcard."""
    listed = list(tokens(text))
    declared = {block.name for block in _blocks(text) if block.keyword == "function"}
    edits = [(one, f"{PREFIX}{one.text[:1].upper()}{one.text[1:]}") for one in _called(listed) if one.text in declared]
    for before, one, after in zip(listed, listed[1:], listed[2:], strict=False):
        if one.text == WILDCARD and before.text == "(" and after.text == ")":
            edits.append((one, wildcard))
    return _edited(text, edits)


def _edited(text: str, edits: Sequence[tuple[Token, str]]) -> str:
    """Return the text with other words in the places of some tokens."""
    for token, name in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: token.start] + name + text[token.end :]
    return text


def _dedented(text: str) -> str:
    """Return the text without the indentation that all its lines have."""
    lines = text.split("\n")
    least = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[least:].rstrip() for line in lines)


def _indented(blocks: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in ["", *blocks.splitlines()]) if blocks else ""
