"""Films whose frames carry their own number, and readers that give back the time of each number.

A number is a row of black and white blocks, as in the test films of CTA WAVE, so that it outlives any encoder.
Source: https://github.com/cta-wave/mezzanine.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from stoker_tools.setup.environment import ROOT

BITS, BLOCK, HEIGHT = 12, 16, 64
WIDTH = BITS * BLOCK
CLOCK = 90_000
"""Units of a second, of the times that films are made with."""

Frame = tuple[int, float]
"""The number of a frame, and when it is shown, in seconds."""

CODECS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    ".mp4": ("libx264", {"preset": "veryfast", "crf": "20", "bf": "0"}),
    ".mov": ("libx264", {"preset": "veryfast", "crf": "20"}),
    ".mkv": ("libx264", {"preset": "veryfast", "crf": "20"}),
    ".flv": ("libx264", {"preset": "veryfast", "crf": "20", "bf": "0"}),
    ".ts": ("libx264", {"preset": "veryfast", "crf": "20"}),
    ".webm": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "2M"}),
}


Pixels = NDArray[np.uint8]


def picture(number: int) -> Pixels:
    """The picture of a frame, in RGB."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    row = np.repeat(np.array(bits, dtype=np.uint8) * 255, BLOCK)
    return np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3)).copy()


def number_of(grey: Pixels) -> int:
    """The number that a picture carries; it may have been scaled."""
    height, width = grey.shape
    columns = [int((bit + 0.5) * width / BITS) for bit in range(BITS)]
    return sum(int(grey[height // 2, column] > 127) << bit for bit, column in enumerate(columns))


def film(
    file: Path,
    times: Sequence[float],
    *,
    hold: float = 0.1,
    sound: tuple[float, float] | None = None,
    first: int = 0,
    scale: tuple[int, int] = (1, 1),
) -> Path:
    """Make a film whose n-th frame is shown at the n-th time.

    Args:
        file: The film. Its ending chooses the container.
        times: The times in seconds, rising.
        hold: The duration of the last frame in seconds, if the container records it.
        sound: The begin and the end of a tone, in seconds.
        first: The number of the first frame.
        scale: The picture is this many times as wide and as high as `WIDTH` and `HEIGHT`.
    """
    codec, options = CODECS[file.suffix]
    with av.open(
        str(file), "w", options={"video_track_timescale": str(CLOCK)} if file.suffix == ".mp4" else {}
    ) as made:
        video = cast(av.VideoStream, made.add_stream(codec, rate=round(1 / hold), options=dict(options)))
        video.width, video.height, video.pix_fmt = WIDTH * scale[0], HEIGHT * scale[1], "yuv420p"
        video.time_base = video.codec_context.time_base = Fraction(1, CLOCK)
        track = _add_track(made, file.suffix) if sound else None
        ticks = [round(time * CLOCK) for time in times]
        lasting = [*(after - before for before, after in pairwise(ticks)), round(hold * CLOCK)]
        for number, (tick, ticks_long) in enumerate(zip(ticks, lasting, strict=True), first):
            shown = picture(number).repeat(scale[0], axis=1).repeat(scale[1], axis=0)
            frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
            frame.pts, frame.time_base, frame.duration = tick, Fraction(1, CLOCK), ticks_long
            made.mux(video.encode(frame))
        made.mux(video.encode(None))
        if track is not None and sound is not None:
            _add_tone(made, track, *sound)
    return file


def _add_track(made: "av.container.OutputContainer", suffix: str) -> "av.AudioStream":
    return made.add_stream("libopus" if suffix == ".webm" else "aac", rate=48_000)


def _add_tone(made: "av.container.OutputContainer", track: "av.AudioStream", start: float, end: float) -> None:
    size = 960
    for at in range(round(start * 48_000), round(end * 48_000), size):
        wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(at, at + size) / 48_000, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
        made.mux(track.encode(frame))
    made.mux(track.encode(None))


def decoded(file: Path) -> list[Frame]:
    """The frames of a file's picture as a decoder gives them, in the order of their times."""
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        found = [
            (
                number_of(np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)),
                float(frame.pts * stream.time_base),
            )
            for frame in container.decode(stream)
            if frame.pts is not None and stream.time_base is not None
        ]
    return sorted(found, key=lambda frame: frame[1])


def demuxed(file: Path) -> list[float]:
    """The times of a file's pictures, in seconds, as a demuxer has them that is not libav's."""
    command = ["node", str(Path(__file__).with_name("times.mjs")), str(ROOT / "node_modules"), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    times: list[float] = json.loads(done.stdout)
    return sorted(times)
