"""`poster`: a still picture, as JPEG."""

from stoker.models.video import PosterOutput
from stoker.probe.probe import NotReadable
from stoker.sandbox.formats import PICTURES
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Bench, Finish, MadeFile, MadeOutput, still
from stoker.video.outputs.moments import on_screen
from stoker.video.picture.colours import JPEG
from stoker.video.source.film import Film

DEFAULT_SHARE = 0.1
"""Where the search for a poster begins, as a share of the duration: past the first titles."""

CANDIDATES = 10
"""The frames that a poster is chosen from, where no time is asked for."""

MAX_STEP_SECONDS = 3.0
"""From one candidate to the next, at most: a poster alone should not need half the film to be decoded."""

GOOD_SHARE = 0.7
"""The first candidate is taken whose JPEG has this share of the bytes of the largest. At one quality, a black, a plain
or a blurred frame takes far fewer bytes than a frame with detail."""

QUALITY = "3"
"""Of 2 to 31, where less is better. Source: https://ffmpeg.org/ffmpeg-codecs.html#Options-22 (mjpeg, qscale)."""


def poster_seconds(output: PosterOutput, film: Film) -> float:
    """The time of the film at which the poster is taken, or the search for it begins; at most the film's end."""
    seconds = film.picture_end
    return min(seconds * DEFAULT_SHARE if output.at is None else output.at, seconds)


def poster(output: PosterOutput, graph: Graph) -> Finish:
    """Plans the file: the frame at the time that was asked for, or the best of some frames."""
    at = poster_seconds(output, graph.film)
    name = graph.name("poster", "jpg")
    size = graph.film.fitted(width=output.width)
    encoder = {"c:v": "mjpeg", "q:v": QUALITY, "f": "image2"}
    if output.at is not None:
        graph.write_picture(name, size, (*on_screen(at, 1), JPEG), {"frames:v": "1", **encoder, "update": "1"})
        return still("poster", name, "image/jpeg", PICTURES)

    step = min(max(graph.film.picture_end / (2 * CANDIDATES), 0.1), MAX_STEP_SECONDS)
    pattern = name.replace(".jpg", "-candidate-%d.jpg")
    graph.write_picture(pattern, size, (*on_screen(at, step), JPEG), {"frames:v": str(CANDIDATES), **encoder})

    def finish(bench: Bench) -> MadeOutput:
        made = [file for number in range(CANDIDATES) if (file := bench.folder / (pattern % (number + 1))).exists()]
        if not made:
            raise NotReadable("no picture came out")
        made[best([file.stat().st_size for file in made])].rename(bench.folder / name)
        for file in made:
            file.unlink(missing_ok=True)
        video = bench.probe(name, PICTURES).video
        assert video is not None  # what the formats are of
        return MadeOutput("poster", MadeFile(name, "image/jpeg"), width=video.width, height=video.height)

    return finish


def best(sizes: list[int]) -> int:
    """The place of the candidate to take.

    Args:
        sizes: Bytes of each candidate's JPEG, in the order of their times.

    Example:
        >>> best([1200, 1200, 30_000, 40_000, 39_000])
        2
    """
    enough = GOOD_SHARE * max(sizes)
    return next(place for place, size in enumerate(sizes) if size >= enough)
