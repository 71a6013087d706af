"""Pictures with transparent parts. Outputs have none, so such pictures are laid over white."""

import re

OVER_WHITE = (
    "split[picture][below]",
    "[below]drawbox=color=white:thickness=fill:replace=1[white]",
    "[white][picture]overlay=format=auto",
)
"""Filter chains that lay a picture over white, as most web pages show it. Without them ffmpeg drops the alpha channel,
and shows the colours of transparent pixels, which may be any colours."""

WITH_ALPHA = re.compile(r"yuva|gbrap|rgba|bgra|argb|abgr|vuya|ayuv|uyva|yaf?\d|pal8")
"""The beginnings of ffmpeg's names of pixel formats with an alpha channel, or with a palette that may have one."""


def over_white(pixel_format: str) -> list[str]:
    """Return the filter that makes a picture opaque; empty if the picture is opaque already.

    Args:
        pixel_format: ffmpeg's name of the picture's pixel format.

    Example:
        >>> over_white("yuv420p")
        []
    """
    return [";".join(OVER_WHITE)] if WITH_ALPHA.match(pixel_format) else []
