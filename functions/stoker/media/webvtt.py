"""WebVTT, the Web Video Text Tracks format. Source: https://www.w3.org/TR/webvtt1/."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """A text, and when it is shown, in seconds."""

    start: float
    end: float
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


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
