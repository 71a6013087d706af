"""`waveform`: the lowest and the highest sample of each of many short intervals, as JSON and as a picture.

The JSON is version 2 of audiowaveform's format, which wavesurfer.js and Peaks.js read.
Source: https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
"""

import json
import math
import re
from pathlib import Path

from stoker.models.video import WaveformOutput
from stoker.probe.probe import NotReadable
from stoker.sound.downmix import SAMPLES_PER_SECOND
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Finish, FinishContext, MadeFile, MadeOutput
from stoker.video.outputs.png import bars_png

MAX_PEAKS = 4000
"""The largest number of intervals, as many as the widest screens have pixels."""

LEAST_SAMPLES = 480
"""Samples of the shortest interval: a hundredth of a second."""

SIZE = (1800, 280)
"""The size of the picture, in pixels: as wide as a screen, with 280 levels."""

Peak = tuple[int, int]
"""The lowest and the highest sample of an interval, from -128 to 127."""


def waveform(output: WaveformOutput, graph: Graph) -> Finish:
    """Plan the JSON and the picture."""
    end = graph.film.audio.end_seconds if graph.film.audio else None
    seconds = end or graph.film.seconds
    samples = max(LEAST_SAMPLES, math.ceil(seconds * SAMPLES_PER_SECOND / MAX_PEAKS))
    name = graph.name("waveform", "json")
    stem = name.removesuffix(".json")
    measured, picture = f"{stem}.txt", f"{stem}.png"
    filters = (
        "pan=mono|c0=0.5*c0+0.5*c1",
        f"asetnsamples=n={samples}:p=0",
        "astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Min_level+Max_level",
        f"ametadata=mode=print:file={measured}",
    )
    graph.write_sound("-", filters, {"f": "null"})

    def finish(context: FinishContext) -> MadeOutput:
        peaks = _peaks(context.folder / measured)
        data = {
            "version": 2,
            "channels": 1,
            "sample_rate": SAMPLES_PER_SECOND,
            "samples_per_pixel": samples,
            "bits": 8,
            "length": len(peaks),
            "data": [level for peak in peaks for level in peak],
        }
        (context.folder / name).write_text(json.dumps(data, separators=(",", ":")))
        (context.folder / picture).write_bytes(bars_png(_columns(peaks), SIZE))
        files = MadeFile(name, "application/json"), (MadeFile(picture, "image/png"),)
        return MadeOutput("waveform", *files, width=SIZE[0], height=SIZE[1])

    return finish


def _peaks(measured: Path) -> list[Peak]:
    levels = re.findall(r"\.(?:Min|Max)_level=(\S+)", measured.read_text())
    if len(levels) < 2:
        raise NotReadable("no sound came out")
    whole = [_eight_bits(float(level)) for level in levels]
    return list(zip(whole[::2], whole[1::2], strict=True))


def _eight_bits(level: float) -> int:
    # A broken decoder may return NaN or infinity.
    return max(-128, min(127, round(level * 128))) if math.isfinite(level) else 0


def _columns(peaks: list[Peak]) -> list[Peak]:
    """Return a peak for each column of the picture."""
    columns = []
    for column in range(SIZE[0]):
        first = column * len(peaks) // SIZE[0]
        under = peaks[first : max(first + 1, (column + 1) * len(peaks) // SIZE[0])]
        columns.append((min(least for least, _ in under), max(most for _, most in under)))
    return columns
