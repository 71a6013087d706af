"""The filters that lay a watermark over the film."""

from stoker.probe.picture_parameters import Size
from stoker.video.source.film import Overlay

LARGEST_SHARE = 0.2
"""The largest share of the film's width and height: large enough to be read, small enough not to disturb."""

MARGIN_SHARE = 0.03
"""The distance from the edge, as a share of the film's height."""


def overlay(mark: Overlay, over: Size, number: int, colours: str) -> str:
    """Return the filters that lay a watermark over the film. The watermark is an input of its own.

    Args:
        mark: The watermark.
        over: The film's size.
        number: The index of the watermark among ffmpeg's inputs.
        colours: The filter that converts the watermark from RGB to the film's colours, and keeps its alpha.

    Example:
        >>> mark = Overlay("watermark", (400, 400), "bottom-right", 0.5)
        >>> overlay(mark, (1280, 720), 1, "format=yuva420p")[-32:]
        '[bare][mark]overlay=x=1114:y=554'
    """
    share = min(1, LARGEST_SHARE * over[0] / mark.size[0], LARGEST_SHARE * over[1] / mark.size[1])
    width, height = (max(1, round(side * share)) for side in mark.size)
    margin = round(MARGIN_SHARE * over[1])
    vertical, _, horizontal = mark.position.partition("-")
    x = {"left": margin, "right": over[0] - width - margin}.get(horizontal, (over[0] - width) // 2)
    y = {"top": margin, "bottom": over[1] - height - margin}.get(vertical, (over[1] - height) // 2)
    faded = f"scale={width}:{height},format=gbrap,colorchannelmixer=aa={mark.opacity:.3f},{colours}"
    # In a film of a few pixels, the margin may be larger than the room. Then the watermark lies at the edge.
    return f"null[bare];[{number}:0]{faded}[mark];[bare][mark]overlay=x={max(0, x)}:y={max(0, y)}"
