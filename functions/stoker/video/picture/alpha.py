"""Pictures with transparent parts, which no output has."""

import re

OVER_WHITE = (
    "split[picture][below]",
    "[below]drawbox=color=white:thickness=fill:replace=1[white]",
    "[white][picture]overlay=format=auto",
)
"""Chains that lay a picture over white, as most pages would. Without them ffmpeg drops the alpha channel, and the
colours of transparent pixels are seen, which are anything."""

WITH_ALPHA = re.compile(r"yuva|gbrap|rgba|bgra|argb|abgr|vuya|ayuv|uyva|yaf?\d|pal8")
"""The beginnings of ffmpeg's names of pixel formats that have an alpha channel, or a palette that may have one."""


def over_white(pixel_format: str) -> list[str]:
    """The filter that makes a picture opaque; none where it is opaque.

    Args:
        pixel_format: Of the picture, as ffmpeg calls it.

    Example:
        >>> over_white("yuv420p")
        []
    """
    return [";".join(OVER_WHITE)] if WITH_ALPHA.match(pixel_format) else []
