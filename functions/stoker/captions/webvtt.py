"""WebVTT, the Web Video Text Tracks format: read as leniently as browsers read it, and written anew as plain text.

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
"""Source: https://www.w3.org/TR/webvtt1/#collect-a-webvtt-timestamp. Hours may have any number of digits there;
seven are more than a thousand years."""

TEAMS_TIME = re.compile(r"(0|[1-9][0-9]?):(0|[1-9][0-9]?):(0|[1-9][0-9]?)\.([0-9]{1,3})")
"""Microsoft Teams pads no part of a time: `0:0:6.90` is 6 s and 90 ms. Browsers skip such a cue.
Source: https://learn.microsoft.com/en-us/graph/api/calltranscript-get (the example of its content)."""

NOT_CUES = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)|[0-9]+\s*$")
"""How a block begins that never holds a text to show. A number alone is a cue's number that lost its cue."""


@dataclass(frozen=True)
class Cue:
    """A text, and when it is shown, in seconds."""

    start: float
    end: float
    text: str

    def escaped(self) -> Self:
        """The same, for text that a reader must not take for tags."""
        return replace(self, text=html.escape(self.text, quote=False))


@dataclass(frozen=True)
class Block:
    """A part of a file that has, or should have, a text to show.

    Attributes:
        line: The number of its first line that counts; the first line of a file is 1.
        times: Its start and end in seconds; None where there are none that can be read.
        text: As it stands in the file, with its tags.
    """

    line: int
    times: tuple[float, float] | None
    text: str


def written(cues: Iterable[Cue]) -> str:
    """A WebVTT file.

    Example:
        >>> print(written([Cue(0, 3661.5, "Good morning.")]))
        WEBVTT
        <BLANKLINE>
        00:00:00.000 --> 01:01:01.500
        Good morning.
        <BLANKLINE>
    """
    blocks = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def is_webvtt(lines: Sequence[str]) -> bool:
    """Whether a file begins as a WebVTT file does."""
    return re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None


def timing(line: str) -> tuple[float, float] | None:
    """The start and end of a cue in seconds; None if a browser cannot read them and Teams does not write them.

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
    """The cues of a file, and the blocks that would be cues if they had a time. Notes and styles are left out.

    A line with an arrow begins a cue wherever it stands, and a blank line ends it.
    Source: https://www.w3.org/TR/webvtt1/#file-parsing.

    Args:
        lines: Of a file for which `is_webvtt` is true, without their line ends.
        timing: Reads the line with the arrow.
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
        # A single line right above an arrow is the name of that cue.
        name = number - begin == 1 and number < len(lines) and bool(lines[number])
        if text.strip() and not name and not NOT_CUES.match(text):
            yield Block(begin + 1, None, text)
        number = max(number, begin + 1)


def part(cues: Iterable[Cue], start: float, end: float | None) -> list[Cue]:
    """The cues of a part of the film, whose own time begins at 0.

    Example:
        >>> part([Cue(1, 3, "one"), Cue(4, 6, "two"), Cue(8, 9, "three")], 2, 5)
        [Cue(start=0, end=1, text='one'), Cue(start=2, end=3, text='two')]
    """
    return [
        Cue(max(cue.start - start, 0), (cue.end if end is None else min(cue.end, end)) - start, cue.text)
        for cue in cues
        if cue.end > start and (end is None or cue.start < end)
    ]


def plain(text: str) -> str:
    """The text of a cue without its tags, with its character references resolved.

    Example:
        >>> plain("<v Ada>Good &amp; <i>new</i>")
        'Good & new'
    """
    # Python refuses to read numbers of thousands of digits; no character has one of more than seven.
    short = re.sub(r"(&#[xX]?)0+(?=[0-9a-fA-F])", r"\1", re.sub(r"<[^>]*>?", "", text))
    return html.unescape(re.sub(r"&#[0-9]{8,};?|&#[xX][0-9a-fA-F]{8,};?", "\ufffd", short))


def _end(lines: Sequence[str], number: int) -> int:
    """The index of the next line that is blank or has an arrow."""
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
