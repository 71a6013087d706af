"""Estimates of the time that each stage of a job takes, so that each percent of progress takes about the same time.

The speeds, in pixels a second, are those of two cores, measured with 1280 x 720 at 30 frames a second.
"""

from collections.abc import Sequence

from stoker.models.document import Model
from stoker.video.picture.sizes import sizes
from stoker.video.source.film import Film

DECODED = 450e6
"""Pixels a second that are decoded."""

TONE_MAPPED = 30e6
"""Pixels a second that are converted from HDR."""

ENCODED = {"mp4": 200e6, "hls": 200e6, "webm": 40e6, "av1": 80e6}
"""Pixels a second that are encoded, for each kind of output."""

OTHERS_SECONDS = 0.3
"""The time that each output takes besides, for a start of ffmpeg, a still or a small file."""

UPLOADED = 25e6
"""Bytes a second that are uploaded to Cloud Storage."""

BITS_PER_PIXEL = 0.08
"""Bits for each pixel of a film of medium quality."""

FINISH_SECONDS = 0.2
"""The time for the check of an output, and for one or two requests."""

LEAST, MOST = 60.0, 99.0
"""The limits of the result, in percent, so that users see each stage."""


def encoded_percent(film: Film, outputs: Sequence[Model], begun: float) -> float:
    """Return the percent of a job at which the encoding ends and the upload begins.

    Args:
        film: The film.
        outputs: The outputs to make.
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
