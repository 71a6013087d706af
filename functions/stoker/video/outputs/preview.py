"""`preview`: a short moving picture that plays over and over."""

from stoker.models.video import PreviewOutput
from stoker.probe.probe import NotReadable
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import Bench, Finish, MadeFile, MadeOutput
from stoker.video.outputs.moments import on_screen
from stoker.video.outputs.poster import DEFAULT_SHARE
from stoker.video.picture.colours import GIF, WEBP
from stoker.video.source.film import Film

WIDTH = 320
FRAMES_PER_SECOND = 10

ENCODERS = {
    "webp": {"c:v": "libwebp_anim", "q:v": "60", "loop": "0", "f": "webp"},
    "gif": {"c:v": "gif", "loop": "0", "f": "gif"},
}

# The 256 colours are those of all frames: by the differences between frames alone, slides would become black.
PALETTE = "split[{name}a][{name}b];[{name}a]palettegen=stats_mode=full[{name}p];[{name}b][{name}p]paletteuse"


def preview(output: PreviewOutput, graph: Graph) -> Finish:
    """Plans the file."""
    start, seconds = _part(output, graph.film)
    name = graph.name("preview", output.format)
    size = graph.film.fitted(width=WIDTH)
    part = f"trim=start={start:.3f}:end={start + seconds:.3f}"
    # Made steady before it is cut: a picture that stands still, such as a slide, may have no frame in the part.
    filters = [*on_screen(0, 1 / FRAMES_PER_SECOND), part, "setpts=PTS-STARTPTS"]
    if output.format == "gif":
        filters += (GIF, PALETTE.format(name=name.partition(".")[0].replace("-", "")))
    else:
        filters.append(WEBP)
    graph.write_picture(name, size, tuple(filters), ENCODERS[output.format])

    def finish(bench: Bench) -> MadeOutput:
        head = (bench.folder / name).read_bytes()[:12]
        if not (head.startswith(b"GIF89a") or (head.startswith(b"RIFF") and head.endswith(b"WEBP"))):
            raise NotReadable("no preview came out")
        file = MadeFile(name, f"image/{output.format}")
        return MadeOutput("preview", file, width=size[0], height=size[1], duration_seconds=seconds)

    return finish


def _part(output: PreviewOutput, film: Film) -> tuple[float, float]:
    """Where it begins, as a poster would, and how long it plays, which a short film shortens to a frame at least."""
    there = film.picture_end or output.seconds
    seconds = max(min(output.seconds, there), 1 / FRAMES_PER_SECOND)
    return max(0.0, min(there * DEFAULT_SHARE, there - seconds)), seconds
