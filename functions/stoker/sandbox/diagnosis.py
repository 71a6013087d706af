"""Diagnosis by ffmpeg of a file that the probe can't use, so that the refusal can name the reason."""

import re
from pathlib import Path

from stoker.errors import EncoderFailed
from stoker.sandbox.error_causes import codec_name
from stoker.sandbox.ffmpeg import FfmpegFailed, input_options, run_ffmpeg

STREAMS = {"picture": ("V", "Video"), "sound": ("a", "Audio")}
"""The names of each medium for `-map` and in ffmpeg's list of streams. `V` is the picture without covers."""

NO_DECODER = re.compile(r"no decoder found for: (\S+)")
LISTED = r"Stream #0:\d+.*?: {}: none \((?P<tag>[ -~]{{4}}) / 0x"


def error_output_of(file: Path, *options: str) -> str:
    """Return what ffmpeg writes to standard error when it decodes the beginning of a file.

    Args:
        file: The file.
        options: Further options of ffmpeg for this file.
    """
    decode = [*input_options(), "-i", file.name, *options, "-t", "0.1", "-f", "null", "-"]
    try:
        return run_ffmpeg(decode, file.parent, lambda seconds: None)
    except FfmpegFailed as failure:
        return failure.error_output
    except EncoderFailed:
        return ""  # ffmpeg got stuck, so that only the probe's own words are left


def unknown_codec(file: Path, medium: str) -> str | None:
    """Return the name of the codec that ffmpeg can't decode; None if the codec is not the reason.

    Args:
        file: The file.
        medium: `picture` or `sound`.
    """
    letter, _ = STREAMS[medium]
    return codec_in(error_output_of(file, "-loglevel", "info", "-map", f"0:{letter}"), medium)


def codec_in(error_output: str, medium: str) -> str | None:
    """Return the name of the codec for which ffmpeg reports that it has no decoder; None if it reports none.

    Args:
        error_output: What ffmpeg wrote to standard error, with the list of streams.
        medium: `picture` or `sound`.

    Example:
        >>> codec_in("[aist#0:0/ac4 @ 0x5] Decoding requested, but no decoder found for: ac4", "sound")
        'AC-4'
    """
    found = NO_DECODER.search(error_output)
    if not found:
        return None
    name = found[1]
    if name == "none":
        listed = re.search(LISTED.format(STREAMS[medium][1]), error_output)
        name = listed["tag"].strip() if listed else "unknown"
    return codec_name(name)
