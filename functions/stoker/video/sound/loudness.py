"""The measured loudness of a source. Source: EBU R 128, https://tech.ebu.ch/docs/r/r128.pdf."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from stoker.video.encode.graph import Graph

INTEGRATED, PEAK = "loudness.txt", "peak.txt"

METER = "ebur128=peak=true:metadata=1:framelog=quiet"
"""The meter measures the stereo mix. A single channel counts as played by two loudspeakers, 3 LU louder than alone."""


@dataclass(frozen=True)
class MeasuredLoudness:
    """The measured loudness of a sound.

    Attributes:
        lufs: The integrated loudness of the whole sound, in LUFS.
        peak_dbtp: The true peak, in dBTP; 0 is full scale.
    """

    lufs: float
    peak_dbtp: float


def add_meter(graph: Graph) -> None:
    """Add a meter to a run of ffmpeg. It measures the sound that the run decodes for its outputs."""
    keys = ((INTEGRATED, "lavfi.r128.I"), (PEAK, "lavfi.r128.true_peak"))
    prints = [f"ametadata=mode=print:key={key}:file={name}" for name, key in keys]
    graph.write_sound("-", (METER, *prints), {"f": "null"})


def read_loudness(folder: Path) -> MeasuredLoudness | None:
    """Return the loudness that a run has measured; None if it had no meter, or no sound."""
    lufs, peak = _last(folder / INTEGRATED), _last(folder / PEAK)
    return MeasuredLoudness(round(lufs, 1), round(20 * math.log10(peak), 1)) if lufs is not None and peak else None


def _last(file: Path) -> float | None:
    """Return the last value in a file that may be long; None if there is no value."""
    if not file.exists():
        return None
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - 1000))
        values = re.findall(r"lavfi\.r128\.\w+=(-?[\d.]+)\n", content.read().decode())
    return float(values[-1]) if values else None
