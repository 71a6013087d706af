"""WebVTT, the Web Video Text Tracks format. It is read as leniently as browsers read it, and written as plain text.

Source: https://www.w3.org/TR/webvtt1/.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

SPACE = r"[ \t\f]*"
TIMING = re.compile(rf"{SPACE}([0-9:]+\.[0-9]+){SPACE}-->{SPACE}([0-9:]+\.[0-9]+)")
TIME = re.compile(r"([0-9]{1,7}):([0-9]{2})(?::([0-9]{2}))?\.([0-9]{3})")
"""Source: https://www.w3.org/TR/webvtt1/#collect-a-webvtt-timestamp. The standard allows any number of digits for the
hours; seven digits are more than a thousand years."""

TEAMS_TIME = re.compile(r"(0|[1-9][0-9]?):(0|[1-9][0-9]?):(0|[1-9][0-9]?)\.([0-9]{1,3})")
"""A time as Microsoft Teams writes it, without padding: `0:0:6.90` is 6 s and 90 ms. Browsers skip such a cue.
Source: https://learn.microsoft.com/en-us/graph/api/calltranscript-get (the example of its content)."""

NOT_CUES = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)|[0-9]+\s*$")
"""The beginning of a block that never has a text to show. A number alone is the number of a cue that is missing."""


@dataclass(frozen=True)
class Cue:
    """A text, and the time during which it is shown.

    Attributes:
        start: When the text appears, in seconds.
        end: When the text disappears, in seconds.
        text: The text; lines are separated by a line feed.
    """

    start: float
    end: float
    text: str

    def escaped(self) -> Self:
        """Return this cue with `<`, `>` and `&` escaped, so that no reader takes its text for tags."""
        return replace(self, text=html.escape(self.text, quote=False))


@dataclass(frozen=True)
class Block:
    """A part of a file that has, or should have, a text to show.

    Attributes:
        line: The number of the line with the times, or of the first line; the first line of a file is 1.
        times: The start and end in seconds; None if they are missing or can't be read.
        text: The text as it stands in the file, with its tags.
    """

    line: int
    times: tuple[float, float] | None
    text: str


def to_webvtt(cues: Iterable[Cue]) -> str:
    """Return the content of a WebVTT file.

    Example:
        >>> print(to_webvtt([Cue(0, 3661.5, "Good morning.")]))
        WEBVTT
        <BLANKLINE>
        00:00:00.000 --> 01:01:01.500
        Good morning.
        <BLANKLINE>
    """
    blocks = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def is_webvtt(lines: Sequence[str]) -> bool:
    """Return whether the first line is that of a WebVTT file."""
    return re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None


def timing(line: str) -> tuple[float, float] | None:
    """Return the start and end of a cue, in seconds; None if the line has no times of a browser's or of Teams' form.

    Example:
        >>> timing("1:00:01.500-->1:00:02.000 align:start"), timing("0:0:6.90 --> 0:0:7.5"), timing("0:01.5 --> 2")
        ((3601.5, 3602.0), (6.09, 7.005), None)
    """
    found = TIMING.match(line)
    if found is None:
        return None
    start, end = map(_seconds, found.groups())
    return None if start is None or end is None else (start, end)


def blocks(lines: Sequence[str], timing: Callable[[str], tuple[float, float] | None] = timing) -> Iterator[Block]:
    """Iterate over the cues of a file, and over blocks that would be cues if they had times.

    Any line with an arrow begins a cue, and a blank line ends it. Notes and styles are skipped.
    Source: https://www.w3.org/TR/webvtt1/#file-parsing.

    Args:
        lines: The lines of a file for which `is_webvtt` is true, without their line ends.
        timing: A function that reads the line with the arrow.
    """
    number = 1
    # The header ends at a blank line or at an arrow.
    while number < len(lines) and lines[number] and "-->" not in lines[number]:
        number += 1
    while number < len(lines):
        begin = number
        if "-->" in lines[begin]:
            number = _end(lines, begin + 1)
            times = timing(lines[begin])
            if times or not NOT_CUES.match(lines[begin]):
                yield Block(begin + 1, times, "\n".join(lines[begin + 1 : number]))
            continue
        number = _end(lines, begin)
        text = "\n".join(lines[begin:number])
        # A single line right above an arrow is the name of the cue.
        name = number - begin == 1 and number < len(lines) and bool(lines[number])
        if text.strip() and not name and not NOT_CUES.match(text):
            yield Block(begin + 1, None, text)
        number = max(number, begin + 1)


def cues_between(cues: Iterable[Cue], start: float, end: float | None) -> list[Cue]:
    """Return the cues of a part of the film, with times that count from the start of the part.

    Example:
        >>> cues_between([Cue(1, 3, "one"), Cue(4, 6, "two"), Cue(8, 9, "three")], 2, 5)
        [Cue(start=0, end=1, text='one'), Cue(start=2, end=3, text='two')]
    """
    return [
        Cue(max(cue.start - start, 0), (cue.end if end is None else min(cue.end, end)) - start, cue.text)
        for cue in cues
        if cue.end > start and (end is None or cue.start < end)
    ]


def plain(text: str) -> str:
    """Return the text of a cue without its tags, with its character references resolved.

    Example:
        >>> plain("<v Ada>Good &amp; <i>new</i>")
        'Good & new'
    """
    # Python refuses numbers of thousands of digits. The number of a character has at most seven.
    short = re.sub(r"(&#[xX]?)0+(?=[0-9a-fA-F])", r"\1", re.sub(r"<[^>]*>?", "", text))
    return html.unescape(re.sub(r"&#[0-9]{8,};?|&#[xX][0-9a-fA-F]{8,};?", "\ufffd", short))


def _end(lines: Sequence[str], number: int) -> int:
    """Return the index of the next line that is blank or has an arrow."""
    while number < len(lines) and lines[number] and "-->" not in lines[number]:
        number += 1
    return number


def _seconds(time: str) -> float | None:
    if found := TEAMS_TIME.fullmatch(time):
        hours, minutes, seconds, milliseconds = map(int, found.groups())
    elif found := TIME.fullmatch(time):
        first, second, third, last = found.groups()
        if third is None and (len(first) != 2 or int(first) > 59):
            return None
        hours, minutes, seconds = (int(first), int(second), int(third)) if third else (0, int(first), int(second))
        milliseconds = int(last)
    else:
        return None
    if minutes > 59 or seconds > 59:
        return None
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) / 1000


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
