"""How loud the sound is. Source: EBU R 128, https://tech.ebu.ch/docs/r/r128.pdf."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from stoker.video.encode.graph import Graph

INTEGRATED, PEAK = "loudness.txt", "peak.txt"

METER = "ebur128=peak=true:metadata=1:framelog=quiet"
"""It hears the stereo mix: a single channel counts as it sounds from two loudspeakers, 3 LU more than as a channel."""


@dataclass(frozen=True)
class MeasuredLoudness:
    """What a listener would say.

    Attributes:
        lufs: Integrated over the whole.
        peak_dbtp: The true peak, in decibels below full scale.
    """

    lufs: float
    peak_dbtp: float


def measure(graph: Graph) -> None:
    """Lets a run listen to the sound that it decodes for others."""
    told = ((INTEGRATED, "lavfi.r128.I"), (PEAK, "lavfi.r128.true_peak"))
    prints = [f"ametadata=mode=print:key={key}:file={name}" for name, key in told]
    graph.write_sound("-", (METER, *prints), {"f": "null"})


def measured(folder: Path) -> MeasuredLoudness | None:
    """What a run has heard; None where it has not listened, or heard nothing."""
    lufs, peak = _last(folder / INTEGRATED), _last(folder / PEAK)
    return MeasuredLoudness(round(lufs, 1), round(20 * math.log10(peak), 1)) if lufs is not None and peak else None


def _last(file: Path) -> float | None:
    """The last value in a file that may be long."""
    if not file.exists():
        return None
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - 1000))
        values = re.findall(r"lavfi\.r128\.\w+=(-?[\d.]+)\n", content.read().decode())
    return float(values[-1]) if values else None
