"""`poster`: a still picture, as JPEG."""

from stoker.models.video import PosterOutput
from stoker.probe.probe import NotReadable
from stoker.sandbox.formats import PICTURES
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Finish, FinishContext, MadeFile, MadeOutput, still_picture
from stoker.video.outputs.moments import frames_on_screen
from stoker.video.picture.colours import JPEG
from stoker.video.source.film import Film

DEFAULT_SHARE = 0.1
"""The start of the search for a poster, as a share of the duration: after the first titles."""

CANDIDATES = 10
"""The number of frames from which a poster is chosen if the job gives no time."""

MAX_STEP_SECONDS = 3.0
"""The longest step from one candidate to the next, so that a job for a poster alone need not decode half the film."""

GOOD_SHARE = 0.7
"""The first candidate is taken whose JPEG has at least this share of the bytes of the largest. At the same quality, a
black, plain or blurred frame takes far fewer bytes than a frame with details."""

QUALITY = "3"
"""The quality from 2, the best, to 31. Source: https://ffmpeg.org/ffmpeg-codecs.html#Options-22 (mjpeg, qscale)."""


def poster_seconds(output: PosterOutput, film: Film) -> float:
    """Return the time of the poster, or of the start of the search for it, in seconds of the film."""
    seconds = film.picture_end
    return min(seconds * DEFAULT_SHARE if output.at is None else output.at, seconds)


def poster(output: PosterOutput, graph: Graph) -> Finish:
    """Plan the poster: the frame at the time that the job gives, or the best of some frames."""
    at = poster_seconds(output, graph.film)
    name = graph.name("poster", "jpg")
    size = graph.film.fitted(width=output.width)
    encoder = {"c:v": "mjpeg", "q:v": QUALITY, "f": "image2"}
    if output.at is not None:
        graph.write_picture(name, size, (*frames_on_screen(at, 1), JPEG), {"frames:v": "1", **encoder, "update": "1"})
        return still_picture("poster", name, "image/jpeg", PICTURES)

    step = min(max(graph.film.picture_end / (2 * CANDIDATES), 0.1), MAX_STEP_SECONDS)
    pattern = name.replace(".jpg", "-candidate-%d.jpg")
    graph.write_picture(pattern, size, (*frames_on_screen(at, step), JPEG), {"frames:v": str(CANDIDATES), **encoder})

    def finish(context: FinishContext) -> MadeOutput:
        made = [file for number in range(CANDIDATES) if (file := context.folder / (pattern % (number + 1))).exists()]
        if not made:
            raise NotReadable("no picture came out")
        made[best([file.stat().st_size for file in made])].rename(context.folder / name)
        for file in made:
            file.unlink(missing_ok=True)
        video = context.probe(name, PICTURES).video
        assert video is not None  # all of the formats are pictures
        return MadeOutput("poster", MadeFile(name, "image/jpeg"), width=video.width, height=video.height)

    return finish


def best(sizes: list[int]) -> int:
    """Return the index of the best candidate.

    Args:
        sizes: The size of each candidate's JPEG in bytes, in the order of their times.

    Example:
        >>> best([1200, 1200, 30_000, 40_000, 39_000])
        2
    """
    enough = GOOD_SHARE * max(sizes)
    return next(place for place, size in enumerate(sizes) if size >= enough)
