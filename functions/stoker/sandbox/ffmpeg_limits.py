"""The limits at which ffmpeg may stop, recognized by its error output."""

from typing import Literal

OUT_OF_MEMORY = (
    "Cannot allocate memory",
    "malloc of size",
    "Memory allocation error",
    "insufficient resources",
    "Resource temporarily unavailable",
)
"""Messages of ffmpeg, x264, libvpx, SVT-AV1 and of threads when no address space is left."""

OUT_OF_ROOM = ("File too large", "No space left on device")

NO_LIMIT = (
    "WebPAnimEncoderAssemble() failed",  # libwebp got no frame; ffmpeg reports every error of libwebp as lack of memory
    "Error opening input: Cannot allocate memory",  # a header claims a size beyond `-max_alloc`
    "Error during demuxing: Cannot allocate memory",
    "Error retrieving a packet from demuxer: Cannot allocate memory",
)
"""Messages about a lack of memory that have another cause: a wrong number in the file, not its size."""

Limit = Literal["memory", "room"]


def limit_in(error_output: str) -> Limit | None:
    """Return the limit that stopped ffmpeg; None if something else stopped it.

    Args:
        error_output: The end of ffmpeg's error output.

    Example:
        >>> limit_in("x264 [error]: malloc of size 26999616 failed")
        'memory'
    """
    if any(words in error_output for words in OUT_OF_ROOM):
        return "room"
    if any(words in error_output for words in OUT_OF_MEMORY) and not any(words in error_output for words in NO_LIMIT):
        return "memory"
    return None
