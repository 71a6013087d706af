"""Whether ffmpeg stopped at a limit that it was given, from what it complained of."""

from typing import Literal

OUT_OF_MEMORY = (
    "Cannot allocate memory",
    "malloc of size",
    "Memory allocation error",
    "insufficient resources",
    "Resource temporarily unavailable",
)
"""Words of ffmpeg, x264, libvpx, SVT-AV1 and of threads where there is no address space left."""

OUT_OF_ROOM = ("File too large", "No space left on device")

NO_LIMIT = (
    "WebPAnimEncoderAssemble() failed",  # libwebp was given no frame, and ffmpeg calls any error of it a lack of memory
    "Error opening input: Cannot allocate memory",  # a header claims a size beyond `-max_alloc`
    "Error during demuxing: Cannot allocate memory",
    "Error retrieving a packet from demuxer: Cannot allocate memory",
)
"""Complaints of a lack of memory that have another cause: what the file says, not how large it is."""

Limit = Literal["memory", "room"]


def met(complaint: str) -> Limit | None:
    """The limit that stopped ffmpeg; None where something else did.

    Args:
        complaint: The end of what it wrote to standard error.

    Example:
        >>> met("x264 [error]: malloc of size 26999616 failed")
        'memory'
    """
    if any(words in complaint for words in OUT_OF_ROOM):
        return "room"
    if any(words in complaint for words in OUT_OF_MEMORY) and not any(words in complaint for words in NO_LIMIT):
        return "memory"
    return None
