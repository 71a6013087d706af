"""The cues of a user's captions file: WebVTT or SubRip, within limits, as plain text."""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stoker.captions import subrip, webvtt
from stoker.captions.webvtt import Block, Cue
from stoker.models.warnings import OutputWarning

MAX_CUES = 10_000
"""A cue a second for almost three hours."""

MAX_CUE_CHARACTERS = 1000
"""More than a screen can show."""

SHOWN = "\u200c\u200d\u200e\u200f"
"""Invisible characters that are kept. Without them, Persian is misspelt and Hebrew ends on the wrong side."""


class UnreadableCaptions(ValueError):
    """The file holds no captions, or is beyond a limit. The message says why."""


@dataclass(frozen=True)
class ParsedCaptions:
    """The content of a captions file.

    Attributes:
        cues: The cues in plain text, in the order of their start.
        left_out: The line numbers of cues that could not be read.
        replaced: Whether bytes that are not UTF-8 were replaced by U+FFFD.
    """

    cues: tuple[Cue, ...]
    left_out: tuple[int, ...] = ()
    replaced: bool = False

    def warnings(self, name: str) -> list[OutputWarning]:
        """Return warnings for the owner of the job.

        Args:
            name: The file's name that the user gave.
        """
        messages = []
        if self.left_out:
            count = len(self.left_out)
            cues, were = ("cue", "was") if count == 1 else ("cues", "were")
            messages.append(
                f"{count} {cues} of {name!r} could not be read and {were} left out; see line {self.left_out[0]}."
            )
        if self.replaced:
            messages.append(
                f"The captions {name!r} are not all in UTF-8, so that \ufffd stands there. Save them as UTF-8."
            )
        return [OutputWarning(code="bad-cues", message=message) for message in messages]


def parse(content: bytes) -> ParsedCaptions:
    """Read a WebVTT or SubRip file. Styles, regions, tags and settings are dropped.

    Raises:
        UnreadableCaptions: No cue can be read, or the file is beyond a limit.

    Example:
        >>> parse(b"WEBVTT\\n\\n00:01.000 --> 00:02.500 align:start\\n<v Ada>Good &amp; <i>new</i>.\\n").cues
        (Cue(start=1.0, end=2.5, text='Good & new.'),)
    """
    text, replaced = _decoded(content)
    lines = _lines(text)
    if not webvtt.is_webvtt(lines):
        # Some tools turn \n into \r\n twice, which gives \r\r\n.
        found = _within_bounds(subrip.blocks(_lines(text.replace("\r\r\n", "\n"))), subrip.plain)
        if not found.cues:
            raise UnreadableCaptions("it does not begin with WEBVTT, and has no cue of SubRip")
        return found
    found = _within_bounds(webvtt.blocks(lines), webvtt.plain)
    if not found.cues and found.left_out:
        # Some tools put the line WEBVTT above times in SubRip's form.
        sloppy = _within_bounds(webvtt.blocks(lines, subrip.timing), webvtt.plain)
        if not sloppy.cues:
            raise UnreadableCaptions(f"none of its cues can be read; see line {found.left_out[0]}")
        found = sloppy
    return ParsedCaptions(found.cues, found.left_out, replaced)


def _decoded(content: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether bytes had to be replaced."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), False
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        # Browsers read a WebVTT file in spite of this. A SubRip file is mostly in another, unknown encoding.
        if content.removeprefix(codecs.BOM_UTF8).startswith(b"WEBVTT"):
            return content.decode("utf-8-sig", errors="replace"), True
        raise UnreadableCaptions("it is not in UTF-8; open it in an editor and save it as UTF-8") from None


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")


def _within_bounds(blocks: Iterable[Block], plain: Callable[[str], str]) -> ParsedCaptions:
    cues, left_out = [], []
    for block in blocks:
        text = _shown(plain(block.text))
        if block.times is None or len(text) > MAX_CUE_CHARACTERS or (text and block.times[1] <= block.times[0]):
            left_out.append(block.line)
        elif text:
            cues.append(Cue(*block.times, text))
        if max(len(cues), len(left_out)) > MAX_CUES:
            raise UnreadableCaptions(f"it has more than {MAX_CUES} cues")
    return ParsedCaptions(tuple(sorted(cues, key=lambda cue: (cue.start, cue.end))), tuple(left_out))


def _shown(text: str) -> str:
    """Return a text as a screen shows it: without double spaces, invisible characters, and arrows that look like times.

    Source: https://www.w3.org/TR/webvtt1/#applying-css-properties (`white-space: pre-line`).
    """
    lines = (_visible(line) for line in text.replace("-->", "→").split("\n"))
    return "\n".join(line for line in lines if line)


def _visible(line: str) -> str:
    if line.isprintable():
        return re.sub(r" +", " ", line).strip(" ")
    spaced = re.sub(r"[\t\f\u2028\u2029]", " ", line)
    kept = (
        letter for letter in spaced if letter.isprintable() or letter in SHOWN or unicodedata.category(letter) == "Zs"
    )
    return re.sub(r" +", " ", "".join(kept)).strip(" ")
