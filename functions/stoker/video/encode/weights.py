"""How long each part of a job takes beside the others, so that a percent is a hundredth of the time.

Pixels a second are those of two cores, measured with 1280 x 720 at 30 frames a second.
"""

from collections.abc import Sequence

from stoker.models.document import Model
from stoker.video.picture.sizes import sizes
from stoker.video.source.film import Film

DECODED = 450e6
"""Pixels a second that are read."""

TONE_MAPPED = 30e6
"""Pixels a second that come from HDR."""

ENCODED = {"mp4": 200e6, "hls": 200e6, "webm": 40e6, "av1": 80e6}
"""Pixels a second that are written."""

OTHERS_SECONDS = 0.3
"""Of any other output: a start, a still, a little file."""

UPLOADED = 25e6
"""Bytes a second that reach Storage."""

BITS_PER_PIXEL = 0.08
"""Of a film of medium quality."""

FINISH_SECONDS = 0.2
"""Of an output: its check, and a request or two."""

LEAST, MOST = 60.0, 99.0
"""Percent: each stage is seen."""


def encoded_percent(film: Film, outputs: Sequence[Model], begun: float) -> float:
    """The percent of a job at which all is encoded and the upload begins.

    Args:
        film: What it is made of.
        outputs: What is made.
        begun: The percent at which the encoding begins.
    """
    rate, seconds = (film.video.frames_per_second, film.picture_end) if film.video else (0.0, 0.0)
    frames = rate * seconds
    own = film.video.width * film.video.height * frames if film.video else 0.0
    pixels = dict.fromkeys(ENCODED, 0.0)
    for output in outputs:
        for width, rows in sizes(film, output):
            pixels[str(getattr(output, "kind", ""))] += width * rows * frames
    hdr = film.video is not None and film.video.hdr is not None
    encoding = own / DECODED + hdr * own / TONE_MAPPED + sum(pixels[kind] / ENCODED[kind] for kind in pixels)
    encoding += OTHERS_SECONDS * len(outputs)
    uploading = sum(pixels.values()) * BITS_PER_PIXEL / 8 / UPLOADED + FINISH_SECONDS * len(outputs)
    share = encoding / (encoding + uploading)
    return max(LEAST, min(MOST, begun + (100 - begun) * share))
