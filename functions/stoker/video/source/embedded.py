"""Subtitles inside a film. ffmpeg extracts them, and they are read like a captions file, within the same limits."""

from pathlib import Path

from stoker import config
from stoker.errors import EncoderFailed, InputTooLarge, UnsupportedMedia
from stoker.languages import compared
from stoker.models.video import Captions
from stoker.probe.probe import MediaInfo
from stoker.probe.ranged_source import Remote
from stoker.probe.refusals import unsupported
from stoker.probe.text_tracks import NoTextTrack, choose_track
from stoker.sandbox.ffmpeg import FfmpegFailed, input_options, run_ffmpeg
from stoker.sandbox.formats import PIPE, PROTOCOLS
from stoker.video.picture.burnt_captions import CAPTIONS

SOURCE = "source"


def extract(captions: Captions, name: str, info: MediaInfo, folder: Path, remote: Remote | None) -> str:
    """Write the subtitles of a source into the working folder, as SubRip, with the times of the source.

    Args:
        captions: The captions that the job asks for.
        name: The source's name that the user gave.
        info: The content of the source.
        folder: The working folder.
        remote: The source, if it stays in Cloud Storage; None if it lies in the working folder.

    Returns:
        The language of the subtitles, as the source gives it; empty if it gives none.

    Raises:
        UnsupportedMedia: The source has no such subtitles, or they can't be read.
        InputTooLarge: The subtitles are beyond the limit of a captions file.
        EncoderFailed: ffmpeg was stopped.
    """
    try:
        track = choose_track(info.subtitles, captions.language, compared)
    except NoTextTrack as reason:
        raise UnsupportedMedia(
            f"Captions were asked for from {name!r}, but {reason}. Upload a WebVTT or SubRip file, and name it in "
            "'captions.source'."
        ) from None
    source, protocols = (f"{PIPE}:0", PIPE) if remote else (SOURCE, PROTOCOLS)
    # SubRip has no character references. So a text that looks like a tag is not turned into a tag.
    written = ["-map", f"0:{track.index}", "-c:s", "subrip", "-f", "srt"]
    bound = ["-map_metadata", "-1", "-fs", str(config.MAX_CAPTIONS_BYTES + 1)]
    feed = remote.in_order(info.container) if remote else None
    try:
        run_ffmpeg(
            [*input_options(protocols=protocols), "-i", source, *written, *bound, CAPTIONS],
            folder,
            lambda seconds: None,  # No check for a cancellation: a local film is soon read, and `Remote` checks itself.
            feed=feed,
        )
    except FfmpegFailed as failure:
        if failure.killed:
            raise EncoderFailed(f"The encoder was stopped while it worked on {name!r}.") from failure
        raise unsupported(name, failure.error_output) from failure
    if (folder / CAPTIONS).stat().st_size >= config.MAX_CAPTIONS_BYTES:
        raise InputTooLarge(f"The subtitles inside {name!r} have more than {config.MAX_CAPTIONS_BYTES // 1024**2} MiB.")
    return track.language
