"""The sizes of an output's films, and the names of sizes in file names."""

from stoker.models.document import Model
from stoker.models.video import HlsOutput, Sized
from stoker.probe.picture_parameters import Size
from stoker.video.source.film import Film


def sizes(film: Film, output: Model) -> list[Size]:
    """Return the size of each film in an output, the largest first; empty if the output has no film.

    Args:
        film: The film.
        output: The output. Sizes that are larger than the source all become the source's size.
    """
    if film.video is None:
        return []
    match output:
        case HlsOutput(heights=list() as heights):
            found = {film.fitted(height=height) for height in heights}
        case HlsOutput():
            found = {film.fitted(resolution=side) for side in output.short_sides or ()}
        case Sized():
            found = {film.fitted(height=output.height, resolution=output.short_side)}
        case _:
            found = set()
    return sorted(found, key=lambda size: size[0] * size[1], reverse=True)


def size_name(size: Size, output: Sized | HlsOutput) -> str:
    """Return the name of a size in file names: the side that the job limits, in the usual form `720p`.

    Example:
        >>> size_name((720, 1280), HlsOutput(kind="hls")), size_name((404, 720), HlsOutput(kind="hls", heights=[720]))
        ('720p', '720p')
    """
    tall = output.heights is not None if isinstance(output, HlsOutput) else output.height is not None
    return f"{size[1] if tall else min(size)}p"
