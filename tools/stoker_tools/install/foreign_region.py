"""The place of Stoker's region in an app's rules."""

import re
from collections.abc import Sequence

from stoker_tools.install.foreign_scanner import ForeignMatch, ScannedRules, UnreadableRules, line_of, scan
from stoker_tools.install.foreign_segments import Wanted, bindings

BEGIN, END = "BEGIN stoker", "END stoker"
"""The beginnings of the comments that enclose the region."""

MARK = re.compile(r"// (BEGIN stoker|END stoker)(?![\w-])")
"""A mark: `// BEGIN stoker`, with any text behind it. `rules_region` reads the same form."""


def region_of(rules: ScannedRules, text: str) -> tuple[int, int] | None:
    """Return the offsets of the region, with its marks; None if there is no region.

    Args:
        rules: The scanned rules.
        text: Their text.

    Raises:
        UnreadableRules: The marks are not a pair, or do not enclose whole blocks.
    """
    marks = [(offset, found[1], len(comment)) for offset, comment in rules.comments if (found := MARK.match(comment))]
    if not marks:
        return None
    line = line_of(text, marks[0][0])
    if [mark for _, mark, _ in marks] != [BEGIN, END]:
        raise UnreadableRules(line, f"one // {BEGIN} and one // {END} behind it were expected.")
    start, end = marks[0][0], marks[1][0] + marks[1][2]
    for service in rules.services.values():
        for *_, block in service.walk():
            if (block.start < start < block.closed) != (block.start < end < block.closed):
                raise UnreadableRules(line, f"// {BEGIN} and // {END} are not in the same block.")
    return start, end


def blocks_at(service: ForeignMatch, root: Sequence[Wanted], version: int) -> list[ForeignMatch]:
    """Return the blocks whose path is the root of a database or bucket: Stoker's region goes into one of them.

    Args:
        service: A service of the rules.
        root: The path of the root, such as `("databases", "(default)", "documents")`.
        version: The version of the rules' language.
    """
    found = []
    for chain in service.walk():
        segments = [segment for block in chain for segment in block.segments]
        if not any(one.is_glob for one in segments) and any(True for _ in bindings(segments, root, version)):
            found.append(chain[-1])
    return [block for block in found if block.segments]


def functions_of(content: str) -> frozenset[str]:
    """Return the names of the functions that a region declares for all its blocks.

    Args:
        content: The content of the region.

    Raises:
        UnreadableRules: The content was not understood.

    Example:
        >>> sorted(functions_of("function stokerIsOwner(uid) { return request.auth.uid == uid; }"))
        ['stokerIsOwner']
    """
    [block] = scan(f"service s {{ match /root {{ {content}\n }} }}").services["s"].blocks
    return frozenset(name for name, _ in block.functions)
