"""Captions in the form in which ffmpeg burns them in: a file of Advanced SubStation Alpha, made of plain text.

Source: http://www.tcax.org/docs/ass-specs.htm.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from stoker.captions.webvtt import Cue
from stoker.models.warnings import OutputWarning
from stoker.video.picture.fonts import FONTS, Font, characters

MOST_AT_ONCE = 6
"""Cues that may be shown at the same time. A picture has no room for more, and drawing each of them takes time."""

LINES = 360
"""The height of the picture, in the unit of sizes and margins."""

NAMED = 8
"""Missing characters that a warning lists."""

HEAD = f"""\
[Script Info]
ScriptType: v4.00+
WrapStyle: {{wrap}}
PlayResX: 640
PlayResY: {LINES}
Language: {{language}}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, Bold, BorderStyle, Outline, Alignment, MarginL, \
MarginR, MarginV
{{styles}}
[Events]
Format: Start, End, Style, Text
"""

KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


OTHER = "en"
"""The language of a text without Chinese, Japanese or Korean characters."""


def to_substation(cues: Iterable[Cue]) -> str:
    """Return the content of a subtitles file. Characters that no font has are left out.

    Args:
        cues: The cues, in the order of their start.

    Example:
        >>> to_substation([Cue(1, 2.5, "Good {morning}.\\nAda.")]).splitlines()[-1]
        'Dialogue: 0:00:01.00,0:00:02.50,Default,Good (morning).\\\\NAda.'
    """
    shown = list(_with_room(cues))
    styles = "".join(
        f"Style: {font.style},{font.family},{font.size},&H00FFFFFF,&H00000000,0,1,1.2,2,30,30,16\n" for font in FONTS
    )
    language = _language("".join(cue.text for cue in shown))
    # WrapStyle 0 makes lines of equal width. In a text without spaces, a line might then begin with a full stop, so
    # WrapStyle 1 is used there, which fills each line.
    head = HEAD.format(language=language, styles=styles, wrap=0 if language == OTHER else 1)
    return head + "".join(f"Dialogue: {_clock(cue.start)},{_clock(cue.end)},{_text(cue)}\n" for cue in shown)


def fonts_for(cues: Iterable[Cue]) -> list[Font]:
    """Return the fonts that cues need. The default font is always among them."""
    used = {font for cue in cues for line in cue.text.split("\n") for font, _ in _runs(line)}
    return [font for font in FONTS if font in used or font == FONTS[0]]


def missing_glyphs(cues: Iterable[Cue], name: str) -> tuple[OutputWarning, ...]:
    """Return a warning about the characters that no font has.

    Args:
        cues: The cues that are burnt in.
        name: The captions file's name that the user gave.
    """
    letters = Counter(letter for cue in cues for letter in cue.text)
    missing = [letter for letter in letters if not _fonts_with(letter) and _is_drawn(letter)]
    if not missing:
        return ()
    count = sum(letters[letter] for letter in missing)
    characters_are = "character is" if count == 1 else "characters are"
    shown = " ".join(missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
    message = f"{count} {characters_are} left out of the picture, because no font here has them: {shown} (in {name!r})"
    return (OutputWarning(code="missing-glyphs", message=message),)


def _with_room(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Iterate over the cues, in the order of their start, without those for which the picture has no room."""
    ends: list[float] = []
    for cue in cues:
        ends = [end for end in ends if end > cue.start]
        if len(ends) < MOST_AT_ONCE:
            ends.append(cue.end)
            yield cue


def _text(cue: Cue) -> str:
    """Return the style and the text of a cue. The text names another style at each change of the font."""
    lines = [list(_runs(line)) for line in cue.text.split("\n")]
    now = first = next((font for line in lines for font, _ in line), FONTS[0])
    texts = []
    for line in lines:
        text = ""
        for font, run in line:
            # Braces and backslashes are commands to the renderer.
            bare = run.replace("\\", "/").replace("{", "(").replace("}", ")")
            text += (f"{{\\r{font.style}}}" if font != now else "") + bare
            now = font
        texts.append(text)
    return f"{first.style}," + r"\N".join(texts)


def _runs(line: str) -> Iterator[tuple[Font, str]]:
    """Iterate over the parts of a line that need one font each, without the characters that no font has.

    If a font has all characters of the line, the line is a single part. Otherwise, the line's own font is the one that
    lacks the fewest characters, and another font writes these.
    """
    needed = set(filter(_is_drawn, set(line)))
    own = min(FONTS, key=lambda font: sum(font not in _fonts_with(letter) for letter in needed))
    if all(own in _fonts_with(letter) for letter in needed):
        if line:
            yield own, line
        return
    now, run = own, ""
    for letter in line:
        fonts = _fonts_with(letter)
        if not fonts and letter in needed:
            continue
        font = now if not fonts or unicodedata.combining(letter) else own if own in fonts else fonts[0]
        if font != now and run:
            yield now, run
            run = ""
        now = font
        run += letter
    if run:
        yield now, run


@lru_cache(maxsize=10_000)
def _fonts_with(letter: str) -> tuple[Font, ...]:
    return tuple(font for font in FONTS if ord(letter) in characters(font))


@lru_cache(maxsize=10_000)
def _is_drawn(letter: str) -> bool:
    """Return whether a letter needs a glyph. Spaces, line ends, joiners and variation selectors need none."""
    return unicodedata.category(letter) not in ("Zs", "Cf", "Cc") and not "\ufe00" <= letter <= "\ufe0f"


def _language(text: str) -> str:
    """Return the language by which the renderer chooses the form of characters that China, Japan and Korea share."""
    if KANA.search(text):
        return "ja"
    if HANGUL.search(text):
        return "ko"
    return "zh" if HAN.search(text) else OTHER


def _clock(seconds: float) -> str:
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"
