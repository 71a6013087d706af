"""WebVTT, the Web Video Text Tracks format: what users bring is read strictly, and written anew as plain text.

Source: https://www.w3.org/TR/webvtt1/.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

MAX_CUES = 10_000
"""More than one a second for hours."""

MAX_CUE_CHARACTERS = 1000
"""More than fits a screen."""

TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d\.\d{3})"
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t].*)?")


class NotWebVtt(ValueError):
    """The file is no WebVTT, or beyond a limit; the message says why."""


@dataclass(frozen=True)
class Cue:
    """A text, and when it is shown, in seconds."""

    start: float
    end: float
    text: str

    def escaped(self) -> Self:
        """The same, for text that a reader must not take for tags."""
        return replace(self, text=html.escape(self.text, quote=False))


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


def read(content: bytes) -> list[Cue]:
    """The cues of a WebVTT file: plain text, in the order of their start; styles, regions and settings are left out.

    Raises:
        NotWebVtt: It is none, or beyond a limit.

    Example:
        >>> read(b"WEBVTT\\n\\n1\\n00:01.000 --> 00:02.500 align:start\\n<v Ada>Good &amp; <i>new</i>.\\n")
        [Cue(start=1.0, end=2.5, text='Good & new.')]
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotWebVtt("it is not in UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        raise NotWebVtt("it does not begin with WEBVTT")
    cues = [cue for block in re.split(r"\n{2,}", text)[1:] if (cue := _cue(block)) is not None]
    if len(cues) > MAX_CUES:
        raise NotWebVtt(f"it has more than {MAX_CUES} cues")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


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


def _cue(block: str) -> Cue | None:
    """The cue of a block of lines; None where it is a note, a style, or holds no text."""
    lines = block.strip("\n").split("\n")
    at = next((number for number, line in enumerate(lines[:2]) if "-->" in line), None)
    if at is None:
        return None
    timing = TIMING.fullmatch(lines[at].strip())
    if timing is None:
        raise NotWebVtt(f"it has a time that can't be read: {lines[at][:60]!r}")
    start, end = _seconds(*timing.groups()[:3]), _seconds(*timing.groups()[3:])
    text = _plain("\n".join(lines[at + 1 :]))
    if len(text) > MAX_CUE_CHARACTERS:
        raise NotWebVtt(f"it has a cue of more than {MAX_CUE_CHARACTERS} characters")
    return Cue(start, end, text) if text and end > start else None


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


def _plain(text: str) -> str:
    """Without tags, and without what a screen does not show; an arrow would be taken for a time."""
    # Python refuses to read numbers of thousands of digits; no character has one of more than seven.
    short = re.sub(r"&#[0-9]{8,};?|&#[xX][0-9a-fA-F]{8,};?", "\ufffd", re.sub(r"<[^>]*>?", "", text))
    bare = html.unescape(short).replace("-->", "→")
    lines = ("".join(filter(_shown, " ".join(line.split()))) for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)


def _shown(letter: str) -> bool:
    return letter.isprintable() or letter in "\u200c\u200d"  # without its joiners, Persian is spelt wrong


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
