"""The captions of a job. They are read from the fetched file, and prepared for the picture if they are burnt in."""

import shutil
from pathlib import Path

from stoker.captions.cues import UnreadableCaptions, parse
from stoker.captions.webvtt import Cue, cues_between
from stoker.errors import UnsupportedMedia
from stoker.models.warnings import OutputWarning
from stoker.video.picture.picture import FONTS
from stoker.video.picture.substation import fonts_for, missing_glyphs, to_substation

CAPTIONS, SUBTITLES = "captions", "captions.ass"
"""The names of the files in the working folder."""


def read_captions(
    name: str, folder: Path, start: float, end: float | None
) -> tuple[tuple[Cue, ...], tuple[OutputWarning, ...]]:
    """Return the cues of a part of the source, with times from the start of the part, and warnings about bad cues.

    Args:
        name: The captions file's name that the user gave.
        folder: The working folder, with the captions file.
        start: The start of the part, in seconds of the source.
        end: The end of the part, in seconds of the source; None for the end of the source.

    Raises:
        UnsupportedMedia: The captions can't be read.
    """
    try:
        reading = parse((folder / CAPTIONS).read_bytes())
    except UnreadableCaptions as reason:
        raise UnsupportedMedia(
            f"The captions {name!r} can't be read ({reason}). Upload a WebVTT or SubRip file."
        ) from None
    return tuple(cues_between(reading.cues, start, end)), tuple(reading.warnings(name))


def prepare_burn_in(cues: tuple[Cue, ...], folder: Path, name: str) -> tuple[OutputWarning, ...]:
    """Write the file `SUBTITLES` and its fonts, for ffmpeg's `subtitles` filter.

    Args:
        cues: The cues, in the order of their start.
        folder: The working folder.
        name: The captions file's name that the user gave.

    Returns:
        Warnings about characters that no font has.
    """
    (folder / SUBTITLES).write_text(to_substation(cues), encoding="utf-8")
    (folder / FONTS).mkdir(exist_ok=True)
    for font in fonts_for(cues):
        shutil.copy(font.file, folder / FONTS)
    return missing_glyphs(cues, name)
