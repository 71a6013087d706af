"""`preview`: a short animated picture that repeats."""

from stoker.models.video import PreviewOutput
from stoker.probe.probe import NotReadable
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Finish, FinishContext, MadeFile, MadeOutput
from stoker.video.outputs.moments import frames_on_screen
from stoker.video.outputs.poster import DEFAULT_SHARE
from stoker.video.picture.colours import GIF, WEBP
from stoker.video.source.film import Film

WIDTH = 320
FRAMES_PER_SECOND = 10

ENCODERS = {
    "webp": {"c:v": "libwebp_anim", "q:v": "60", "loop": "0", "f": "webp"},
    "gif": {"c:v": "gif", "loop": "0", "f": "gif"},
}

# The palette is made of all frames (`full`). Made of the differences between frames alone, it would turn slides black.
PALETTE = "split[{name}a][{name}b];[{name}a]palettegen=stats_mode=full[{name}p];[{name}b][{name}p]paletteuse"


def preview(output: PreviewOutput, graph: Graph) -> Finish:
    """Plan the preview."""
    start, seconds = _part(output, graph.film)
    name = graph.name("preview", output.format)
    size = graph.film.fitted(width=WIDTH)
    part = f"trim=start={start:.3f}:end={start + seconds:.3f}"
    # The frame rate is made constant before the cut, because a still such as a slide may have no frame in the part.
    filters = [*frames_on_screen(0, 1 / FRAMES_PER_SECOND), part, "setpts=PTS-STARTPTS"]
    if output.format == "gif":
        filters += (GIF, PALETTE.format(name=name.partition(".")[0].replace("-", "")))
    else:
        filters.append(WEBP)
    graph.write_picture(name, size, tuple(filters), ENCODERS[output.format])

    def finish(context: FinishContext) -> MadeOutput:
        head = (context.folder / name).read_bytes()[:12]
        if not (head.startswith(b"GIF89a") or (head.startswith(b"RIFF") and head.endswith(b"WEBP"))):
            raise NotReadable("no preview came out")
        file = MadeFile(name, f"image/{output.format}")
        return MadeOutput("preview", file, width=size[0], height=size[1], duration_seconds=seconds)

    return finish


def _part(output: PreviewOutput, film: Film) -> tuple[float, float]:
    """Return the start and the duration of the preview, in seconds of the film.

    It begins like the search for a poster. In a short film it is shorter, but at least a frame long.
    """
    there = film.picture_end or output.seconds
    seconds = max(min(output.seconds, there), 1 / FRAMES_PER_SECOND)
    return max(0.0, min(there * DEFAULT_SHARE, there - seconds)), seconds
