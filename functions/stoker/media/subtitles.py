"""Captions as ffmpeg burns them in: a file of Advanced SubStation Alpha, made of plain text by us.

Source: http://www.tcax.org/docs/ass-specs.htm.
"""

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path

from stoker.media.webvtt import Cue

FONT = "Source Sans Pro"
"""Latin, Greek and Cyrillic; other scripts need a font of the system's. Google's images may have none at all."""

FONT_FILE = "SourceSansPro-Semibold.ttf"

MOST_AT_ONCE = 6
"""Cues that are shown at the same time: more than a picture has room for, and each of them takes its time to draw."""

LINES = 360
"""The height of the picture, as far as sizes and margins go."""

HEAD = f"""\
[Script Info]
ScriptType: v4.00+
WrapStyle: 0
PlayResX: 640
PlayResY: {LINES}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, Bold, BorderStyle, Outline, Alignment, MarginL, \
MarginR, MarginV
Style: Default,{FONT} Semibold,20,&H00FFFFFF,&H00000000,0,1,1.2,2,30,30,16

[Events]
Format: Start, End, Style, Text
"""


def styled(cues: Iterable[Cue]) -> str:
    """A subtitles file.

    Args:
        cues: In the order of their start.

    Example:
        >>> styled([Cue(1, 2.5, "Good {morning}.\\nAda.")]).splitlines()[-1]
        'Dialogue: 0:00:01.00,0:00:02.50,Default,Good (morning).\\\\NAda.'
    """
    shown = (f"Dialogue: {_clock(cue.start)},{_clock(cue.end)},Default,{_text(cue)}\n" for cue in _with_room(cues))
    return HEAD + "".join(shown)


def font_file() -> Path:
    """The font that comes with a package."""
    found = importlib.util.find_spec("font_source_sans_pro")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("files") / FONT_FILE


def _with_room(cues: Iterable[Cue]) -> Iterator[Cue]:
    """All but those that would come when the picture is full; they are in the order of their start."""
    ends: list[float] = []
    for cue in cues:
        ends = [end for end in ends if end > cue.start]
        if len(ends) < MOST_AT_ONCE:
            ends.append(cue.end)
            yield cue


def _text(cue: Cue) -> str:
    # Braces and backslashes are orders to the renderer.
    return cue.text.replace("\\", "\u29f5").replace("{", "(").replace("}", ")").replace("\n", r"\N")


def _clock(seconds: float) -> str:
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"
