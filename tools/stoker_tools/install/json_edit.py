"""Putting parts into a JSON text, replacing them and taking them out. Every other byte stays."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stoker_tools.install import json_text
from stoker_tools.install.errors import InstallError
from stoker_tools.install.json_text import Part, line_indent, newline_of, parse

Path = Sequence[str | Mapping[str, str]]
"""The way to a part: a key, or in a list, values that the element has. `{"database": "(default)"}` is such a step."""


UNNAMED = {"database": "(default)"}
"""The values that a part of a list has if it names no other."""


@dataclass(frozen=True)
class Added:
    """A part that was put in, as the record of the installation holds it.

    Attributes:
        key: Its key in an object; empty in a list.
        value: Its value.
        before: The text that was put in before it, without the comma.
        after: The text that was put in behind it.
    """

    key: str
    value: Any
    before: str
    after: str


@dataclass(frozen=True)
class Placed:
    """A part that was put in, with its place.

    Attributes:
        path: The way to the object or the list that holds it.
        added: The part.
    """

    path: Path
    added: Added


@dataclass(frozen=True)
class Edits:
    """All that was put into a JSON file.

    Attributes:
        base: The text before, if the file was made for Stoker; None if the app had the file.
        placed: The parts, in the order in which they were put in.
        wrapped: The texts before and behind the app's one entry of `functions`, if it was an object; empty otherwise.
    """

    base: str | None = None
    placed: tuple[Placed, ...] = ()
    wrapped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edited:
    """The result of an edit.

    Attributes:
        text: The text of the file.
        edits: All that was put in until now.
        notes: Sentences for the user.
        conflicts: Sentences about what can't be done. With one of them, nothing may be written.
    """

    text: str
    edits: Edits
    notes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def found(root: Part, path: Path) -> Part | None:
    """Return the part to which a path leads; None if there is none.

    Args:
        root: The whole text.
        path: The path.
    """
    part: Part | None = root
    for step in path:
        if part is None:
            return None
        if isinstance(step, str):
            part = part.child(step)
        else:
            part = next((one for one in part.children if _has(one, step)), None)
    return part


def _has(part: Part, values: Mapping[str, str]) -> bool:
    plain = part.plain()
    return isinstance(plain, dict) and all(plain.get(key, UNNAMED.get(key)) == value for key, value in values.items())


def appended(text: str, name: str, path: Path, parts: Sequence[tuple[str, Any]]) -> tuple[str, list[Added]]:
    """Return the text with parts at the end of an object or a list, and the record of them.

    Args:
        text: The text.
        name: The name of the file, for errors.
        path: The way to the object or the list.
        parts: The keys and the values. In a list, the keys are empty.

    Raises:
        InstallError: The text is no JSON, or has no such object or list.

    Example:
        >>> appended('{"a": [1]}', "x.json", ["a"], [("", 2)])[0]
        '{"a": [1, 2]}'
    """
    root = parse(text, name)
    holder = _holder(root, path, name)
    if not parts:
        return text, []
    newline, unit = newline_of(text), unit_of(text, root)
    base = line_indent(text, holder.start)
    comma = ""
    if holder.children:
        at, comma = holder.children[-1].end, ","
        is_inline = "\n" not in text[holder.start : holder.starts[0]]
        own = line_indent(text, holder.starts[-1])
        starts_line = text[: holder.starts[-1]].endswith(f"\n{own}")
        indent = own if starts_line else base + unit
        behind = list(json_text.comments(text, at))
        place = behind[-1].end() if behind else at
        is_inline = is_inline and not any(one["comment"].startswith("//") for one in behind)
        is_hugging = is_inline and "\n" in text[holder.starts[-1] : at]
        after = ""
    else:
        at = place = holder.start + 1
        is_inline, is_hugging, indent = False, False, base + unit
        after = "" if "\n" in text[at : holder.end] else newline + base
    before = " " if is_inline else newline + indent
    added = []
    pieces = []
    for number, (key, value) in enumerate(parts):
        written = _written(key, value, is_inline and not is_hugging, unit, newline + (base if is_hugging else indent))
        is_last = number == len(parts) - 1
        added.append(Added(key, value, before, after if is_last else ""))
        pieces.append(before + written)
    block = ",".join(pieces) + after
    changed = text[:at] + comma + text[at:place] + block + text[place:]
    _expect(changed, name, path, [*_pairs(holder), *parts])
    return changed, added


def _holder(root: Part, path: Path, name: str) -> Part:
    holder = found(root, path)
    if holder is None or holder.kind == "value":
        way = ".".join(step if isinstance(step, str) else json.dumps(step) for step in path)
        raise InstallError(f"{name}: {way or 'the file'} must be an object or a list.")
    return holder


def _pairs(holder: Part) -> list[tuple[str, Any]]:
    keys = holder.keys if holder.kind == "object" else [""] * len(holder.children)
    return [(key, child.plain()) for key, child in zip(keys, holder.children, strict=True)]


def _expect(text: str, name: str, path: Path, pairs: Sequence[tuple[str, Any]]) -> None:
    """Make sure that an edited text holds what was meant. A mistake here must never reach the disk."""
    if _pairs(_holder(parse(text, name), path, name)) != list(pairs):
        raise InstallError(f"{name} can't be edited as it is: format it by your editor, and try again.")


def unit_of(text: str, root: Part) -> str:
    """Return the indentation of one level: that of the first part which begins a line, or else two spaces.

    Args:
        text: The text.
        root: The text, parsed.
    """
    for start in root.starts:
        own = line_indent(text, start)
        if own and text[:start].endswith(f"\n{own}"):
            return own
    return "  "


def _written(key: str, value: Any, is_inline: bool, unit: str, newline: str) -> str:
    head = f"{json.dumps(key)}: " if key else ""
    if is_inline:
        return head + json.dumps(value, ensure_ascii=False)
    return head + json.dumps(value, ensure_ascii=False, indent=unit).replace("\n", newline)


def replaced(text: str, name: str, path: Path, value: Any) -> str:
    """Return the text with another value at the end of a path. The part is written anew.

    Args:
        text: The text.
        name: The name of the file, for errors.
        path: The way to the part.
        value: The value.

    Raises:
        InstallError: The text is no JSON, or has no such part.
    """
    root = parse(text, name)
    part = found(root, path)
    if part is None:
        raise InstallError(f"{name}: a part that Stoker has put in is gone.")
    is_inline = part.kind != "value" and "\n" not in text[part.start : part.end]
    newline = newline_of(text) + line_indent(text, part.start)
    written = _written("", value, is_inline, unit_of(text, root), newline)
    return text[: part.start] + written + text[part.end :]


def removed(text: str, name: str, path: Path, places: Mapping[int, Added]) -> str:
    """Return the text without some parts of an object or a list.

    Args:
        text: The text.
        name: The name of the file, for errors.
        path: The way to the object or the list.
        places: The indexes of the parts, with the records of how they were put in.

    Raises:
        InstallError: The text is no JSON, or has no such object or list.

    Example:
        >>> text, added = appended("{}", "x.json", [], [("a", 1), ("b", 2)])
        >>> removed(text, "x.json", [], dict(enumerate(added)))
        '{}'
    """
    holder = _holder(parse(text, name), path, name)
    kept = [pair for index, pair in enumerate(_pairs(holder)) if index not in places]
    for is_bold in (True, False):
        changed = _cut(text, holder, places, is_bold)
        try:
            _expect(changed, name, path, kept)
        except InstallError:
            if not is_bold:
                raise
            continue
        return changed
    return text


def _cut(text: str, holder: Part, places: Mapping[int, Added], is_bold: bool) -> str:
    """Return the text without the parts. If `is_bold`, unknown white space around them goes too."""
    spans = []
    first_kept = next((index for index in range(len(holder.children)) if index not in places), None)
    for index, added in places.items():
        start, end = holder.starts[index], holder.children[index].end
        if text[:start].endswith(added.before):
            start -= len(added.before)
        elif is_bold:
            start = len(text[:start].rstrip(" \t\r\n"))
        # Parts that were put in later stand before the text behind the first ones.
        afters = [added.after] if first_kept is not None else [one.after for one in places.values()]
        end += max((len(after) for after in afters if text.startswith(after, end)), default=0)
        spans.append((start, end))
        comma = _comma(holder, index, first_kept)
        if comma is not None:
            spans.append((comma, comma + 1))
    return _without(text, spans)


def _comma(holder: Part, index: int, first_kept: int | None) -> int | None:
    """Return the offset of the comma that goes with a part: the one before it, if a part before it stays."""
    if first_kept is not None and first_kept < index:
        return holder.commas[index - 1]
    return holder.commas[index] if index < len(holder.commas) else None


def _without(text: str, spans: Collection[tuple[int, int]]) -> str:
    at, kept = 0, []
    for start, end in sorted(spans):
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    return "".join([*kept, text[at:]])
