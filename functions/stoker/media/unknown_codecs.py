"""The codec of a picture or a sound for which there is no decoder."""

import re
from pathlib import Path

from stoker.media.ffmpeg import FfmpegFailed, input_options, run_ffmpeg
from stoker.media.formats import PIPE, PROTOCOLS
from stoker.media.streaming import Remote

NO_DECODER = re.compile(r"no decoder found for: (\S+)")
LISTED = r"Stream #0:\d+.*?: {}: none \((?P<tag>[ -~]{{4}}) / 0x"

NAMES = {
    "ac4": "AC-4",
    "mpegh_3d_audio": "MPEG-H 3D Audio",
    "evc": "EVC",
    "avs3": "AVS3",
    "drms": "FairPlay (encrypted)",
    "drmi": "FairPlay (encrypted)",
    "enca": "encrypted (DRM)",
    "encv": "encrypted (DRM)",
}
"""Of codecs and tags whose own name says little."""


def unknown_codec(source: str | Remote, folder: Path, container: str, letter: str) -> str | None:
    """The name of the codec that keeps a picture or a sound from being decoded; None where no codec does.

    Args:
        source: The file, relative to the folder, or where it is read from.
        folder: The working folder.
        container: ffmpeg's names for its format.
        letter: `V` for the picture without covers, `a` for the sound.
    """
    remote = source if isinstance(source, Remote) else None
    named = [*input_options(protocols=PIPE if remote else PROTOCOLS), "-i", f"{PIPE}:0" if remote else str(source)]
    arguments = ["-loglevel", "info", *named, "-map", f"0:{letter}", "-t", "0.1", "-f", "null", "-"]
    try:
        feed = remote.in_order(container) if remote else None
        run_ffmpeg(arguments, folder, lambda seconds: None, feed=feed)
    except FfmpegFailed as failure:
        return codec_in(failure.complaint, letter)
    return None


def codec_in(complaint: str, letter: str) -> str | None:
    """The codec of which a complaint says that it has no decoder.

    Args:
        complaint: What ffmpeg wrote, with the list of streams.
        letter: As above.

    Example:
        >>> codec_in("[aist#0:0/ac4 @ 0x5] Decoding requested, but no decoder found for: ac4", "a")
        'AC-4'
    """
    found = NO_DECODER.search(complaint)
    if not found:
        return None
    name = found[1]
    if name == "none":
        listed = re.search(LISTED.format("Video" if letter == "V" else "Audio"), complaint)
        if listed is None:
            return "unknown"
        name = listed["tag"].strip()
    return NAMES.get(name, name)
