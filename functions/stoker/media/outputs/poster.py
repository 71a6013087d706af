"""`poster`: a still picture, as JPEG."""

from stoker.media.colours import JPEG
from stoker.media.film import Film
from stoker.media.formats import PICTURES
from stoker.media.graph import Graph
from stoker.media.outputs.finish import Finish, still
from stoker.models.video import PosterOutput

DEFAULT_SHARE = 0.1
"""Where a poster is taken by default, as a share of the duration: past black and titles."""

QUALITY = "3"
"""Of 2 to 31, where less is better. Source: https://ffmpeg.org/ffmpeg-codecs.html#Options-22 (mjpeg, qscale)."""


def poster_seconds(output: PosterOutput, film: Film) -> float:
    """The time of the film that is shown; beyond its end, its last moment."""
    seconds = film.picture_seconds
    return min(seconds * DEFAULT_SHARE if output.at is None else output.at, seconds)


def poster(output: PosterOutput, graph: Graph) -> Finish:
    """Plans the file."""
    at = poster_seconds(output, graph.film)
    name = graph.name("poster", "jpg")
    # The last frame stands still beyond its time, so that any time up to the end has a picture.
    filters = (f"tpad=stop_mode=clone:stop_duration={at + 1:.3f}", f"select=gte(t\\,{at:.3f})", JPEG)
    size = graph.film.fitted(width=output.width)
    graph.write_picture(
        name, size, filters, {"frames:v": "1", "c:v": "mjpeg", "q:v": QUALITY, "f": "image2", "update": "1"}
    )
    return still("poster", name, "image/jpeg", PICTURES)
