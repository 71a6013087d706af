"""The small pictures that a sprite's WebVTT file names."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from unit.video.numbered import number_of


def cues(track: Path) -> list[tuple[float, float, str, tuple[int, int, int, int]]]:
    """The start, the end, the sheet and the place of each small picture."""
    found = []
    time = r"(\d+):(\d+):(\d+\.\d+)"
    for cue in re.finditer(rf"{time} --> {time}\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)\n", track.read_text()):
        clock = [float(part) for part in cue.groups()[:6]]
        start, end = (hours * 3600 + minutes * 60 + seconds for hours, minutes, seconds in (clock[:3], clock[3:]))
        found.append((start, end, cue[7], (int(cue[8]), int(cue[9]), int(cue[10]), int(cue[11]))))
    return found


def shown_in_sprite(folder: Path) -> list[int]:
    """The number in each picture of a sprite."""
    sheet = Image.open(folder / "sprite-1.jpg").convert("L")
    return [
        number_of(np.asarray(sheet.crop((x, y, x + width, y + height))))
        for _, _, _, (x, y, width, height) in cues(folder / "sprite.vtt")
    ]
