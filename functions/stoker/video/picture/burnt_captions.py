"""The captions of a job: read from what was fetched, and prepared for the picture."""

import shutil
from pathlib import Path

from stoker.captions.cues import UnreadableCaptions, read
from stoker.captions.webvtt import Cue, part
from stoker.errors import UnsupportedMedia
from stoker.models.warnings import OutputWarning
from stoker.video.picture.picture import FONTS
from stoker.video.picture.substation import fonts_for, missing_glyphs, styled

CAPTIONS, SUBTITLES = "captions", "captions.ass"
"""The names of the files in the working folder."""


def captioned(
    name: str, folder: Path, start: float, end: float | None
) -> tuple[tuple[Cue, ...], tuple[OutputWarning, ...]]:
    """The cues of a part of the film, in its own time, and what is left out of them.

    Args:
        name: The file as the user knows it.
        folder: The working folder, where they are.
        start: Where the part begins, in seconds of the source.
        end: Where it ends, in seconds of the source; None where the source does.

    Raises:
        UnsupportedMedia: They can't be read.
    """
    try:
        reading = read((folder / CAPTIONS).read_bytes())
    except UnreadableCaptions as reason:
        raise UnsupportedMedia(
            f"The captions {name!r} can't be read ({reason}). Upload a WebVTT or SubRip file."
        ) from None
    return tuple(part(reading.cues, start, end)), tuple(reading.warnings(name))


def burnt_in(cues: tuple[Cue, ...], folder: Path, name: str) -> tuple[OutputWarning, ...]:
    """Prepares captions for ffmpeg's `subtitles` filter: the file `SUBTITLES` and its fonts.

    Args:
        cues: In the order of their start.
        folder: The working folder.
        name: The captions as the user knows them.

    Returns:
        What is missing in the picture.
    """
    (folder / SUBTITLES).write_text(styled(cues), encoding="utf-8")
    (folder / FONTS).mkdir(exist_ok=True)
    for font in fonts_for(cues):
        shutil.copy(font.file, folder / FONTS)
    return missing_glyphs(cues, name)
