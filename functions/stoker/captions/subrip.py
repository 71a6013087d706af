"""SubRip, the format of `.srt` files. It is read as leniently as players read it.

SubRip has no standard. Source: ffmpeg's demuxer, https://ffmpeg.org/doxygen/trunk/srtdec_8c_source.html.
"""

import html
import re
from collections.abc import Iterator, Sequence

from stoker.captions.webvtt import Block

TIME = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,:]([0-9]{1,3}))?(?![0-9])"
TIMING = re.compile(rf"\s*{TIME}\s*-{{1,3}}>\s*{TIME}")
NUMBER = re.compile(r"\s*[0-9]+\s*")

TAG = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^{}]*\}")
"""A tag such as `<i>` or `<font color=red>`, or a command to the renderer such as `{\\an8}`."""

REFERENCE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def timing(line: str) -> tuple[float, float] | None:
    """Return the start and end of a cue, in seconds; None if the line has no times.

    The digits after a comma or a full stop are a number of milliseconds, so `2.5` is 2 s and 5 ms.

    Example:
        >>> timing("00:00:01,000 --> 0:00:02.5 X1:40"), timing("1 --> 2")
        ((1.0, 2.005), None)
    """
    found = TIMING.match(line)
    if found is None:
        return None
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    return None if start is None or end is None else (start, end)


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Iterate over the cues of a file. A text may have blank lines: it ends at the number of the next cue.

    Args:
        lines: The lines of the file, without their line ends.
    """
    times = [(number, timing(line)) for number, line in enumerate(lines)]
    starts = [(number, found) for number, found in times if found or "-->" in lines[number]]
    ends = [number for number, _ in starts[1:]] + [len(lines)]
    if starts and (before := _text(lines, 0, starts[0][0])):
        yield Block(1, None, before)
    for (number, found), end in zip(starts, ends, strict=False):
        yield Block(number + 1, found, _text(lines, number + 1, end))


def plain(text: str) -> str:
    """Return the text of a cue without its tags, with its character references resolved.

    Example:
        >>> plain(r'{\\an8}<font color="red">I <3 AT&T</font>')
        'I <3 AT&T'
    """
    return REFERENCE.sub(lambda found: html.unescape(found[0]), TAG.sub("", text))


def _text(lines: Sequence[str], begin: int, end: int) -> str:
    """Return the lines of a text, without the number of the next cue."""
    if end < len(lines) and end > begin and NUMBER.fullmatch(lines[end - 1]):
        end -= 1
    return "\n".join(lines[begin:end]).strip()


def _seconds(parts: Sequence[str | None]) -> float | None:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in parts)
    if minutes > 59 or seconds > 59:
        return None
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) / 1000
