"""How large an output's films are, and what they are called."""

from stoker.models.document import Model
from stoker.models.video import HlsOutput, Sized
from stoker.video.source.film import Film, Size


def sizes(film: Film, output: Model) -> list[Size]:
    """The size of each film that an output holds, the largest first; none where it holds no film.

    Args:
        film: What it is made of.
        output: What was asked for. Sizes beyond the source's own become one.
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


def called(size: Size, output: Sized | HlsOutput) -> str:
    """How files name a size: by the side that was asked for, of which most people think as `720p`.

    Example:
        >>> called((720, 1280), HlsOutput(kind="hls")), called((404, 720), HlsOutput(kind="hls", heights=[720]))
        ('720p', '720p')
    """
    tall = output.heights is not None if isinstance(output, HlsOutput) else output.height is not None
    return f"{size[1] if tall else min(size)}p"
