"""The changes of an installation for a person: unified diffs of the app's files, and a line for each other file."""

import difflib
from collections.abc import Iterator, Sequence

from stoker_tools.install.installed import FILE
from stoker_tools.install.journal import Change
from stoker_tools.install.plan import LocalEdit

COLOURS = {"+++": "\033[1m", "---": "\033[1m", "@@": "\033[36m", "+": "\033[32m", "-": "\033[31m"}
"""The colours of lines, by their beginnings. The longer beginnings stand first."""

END = "\033[0m"


def shown(changes: Sequence[Change], *, is_coloured: bool) -> str:
    """Return the changes as text: first the diffs of files that exist, then the record, new files and removed files.

    The record repeats whole regions of the rules, so it has no diff.

    Args:
        changes: The changes.
        is_coloured: Whether lines have colours, for a terminal.

    Example:
        >>> print(shown([Change("a.txt", None, b"one\\n")], is_coloured=False))
        new      a.txt (1 line)
    """
    changed = [change for change in changes if change.old is not None and change.new is not None]
    with_diff = [change for change in changed if change.path != FILE]
    parts = [line for change in with_diff for line in _diff(change.path, _text(change.old), _text(change.new))]
    for word, listed in (
        ("changed", [change for change in changed if change.path == FILE]),
        ("new", [change for change in changes if change.old is None]),
        ("removed", [change for change in changes if change.new is None]),
    ):
        parts += [f"{word:8} {change.path} ({_size(change.new or change.old or b'')})" for change in listed]
    return "\n".join(_coloured(part) if is_coloured else part for part in parts)


def edit_shown(edit: LocalEdit, *, is_coloured: bool) -> str:
    """Return a local edit as text.

    Args:
        edit: The edit.
        is_coloured: Whether lines have colours, for a terminal.
    """
    lines = _diff(edit.path, edit.before, edit.now, "as Stoker writes it", "as you have edited it")
    return "\n".join(_coloured(line) if is_coloured else line for line in lines)


def diff_of(change: Change) -> str:
    """Return the diff of one change, without colours.

    Args:
        change: The change.
    """
    return "\n".join(_diff(change.path, _text(change.old), _text(change.new)))


def _diff(path: str, old: str, new: str, before: str = "before", after: str = "after") -> Iterator[str]:
    # Only `\n` divides lines here. A `\r` before it stays, and a changed one is seen as a change.
    names = (f"{path} ({before})", f"{path} ({after})")
    for line in difflib.unified_diff(_lines(old), _lines(new), *names, lineterm=""):
        yield line.removesuffix("\r")


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _text(content: bytes | None) -> str:
    if content is None:
        return ""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"{len(content):,} bytes\n"


def _size(content: bytes) -> str:
    try:
        count = len(_lines(content.decode()))
    except UnicodeDecodeError:
        return f"{len(content):,} bytes"
    return f"{count:,} line{'s' if count != 1 else ''}"


def _coloured(line: str) -> str:
    colour = next((colour for beginning, colour in COLOURS.items() if line.startswith(beginning)), "")
    return f"{colour}{line}{END}" if colour else line
