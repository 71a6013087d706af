"""Subtitles inside a film, taken out by ffmpeg. They are read as a file of the user's is, within the same bounds."""

from pathlib import Path

from stoker import config
from stoker.errors import EncoderFailed, InputTooLarge, UnsupportedMedia
from stoker.languages import compared
from stoker.models.video import Captions
from stoker.probe.probe import MediaInfo
from stoker.probe.ranged_source import Remote
from stoker.probe.refusals import unsupported
from stoker.probe.text_tracks import NoTextTrack, chosen
from stoker.sandbox.ffmpeg import FfmpegFailed, input_options, run_ffmpeg
from stoker.sandbox.formats import PIPE, PROTOCOLS
from stoker.video.picture.burnt_captions import CAPTIONS

SOURCE = "source"


def extract(captions: Captions, name: str, info: MediaInfo, folder: Path, remote: Remote | None) -> str:
    """Writes the subtitles of a film into the working folder, as SubRip, in the time of the film.

    Args:
        captions: Which of them.
        name: The film as the user knows it.
        info: What the film holds.
        folder: The working folder.
        remote: The film, where it was not fetched.

    Returns:
        Their language, as the film has it; nothing where it does not say.

    Raises:
        UnsupportedMedia: The film has no such subtitles, or they can't be read.
        InputTooLarge: They are beyond the limit of a captions file.
        EncoderFailed: ffmpeg was stopped.
    """
    try:
        track = chosen(info.subtitles, captions.language, compared)
    except NoTextTrack as reason:
        raise UnsupportedMedia(
            f"Captions were asked for from {name!r}, but {reason}. Upload a WebVTT or SubRip file, and name it in "
            "'captions.source'."
        ) from None
    source, protocols = (f"{PIPE}:0", PIPE) if remote else (SOURCE, PROTOCOLS)
    # SubRip has no character references: in it, text that looks like a tag is not taken for more than it is.
    written = ["-map", f"0:{track.index}", "-c:s", "subrip", "-f", "srt"]
    bound = ["-map_metadata", "-1", "-fs", str(config.MAX_CAPTIONS_BYTES + 1)]
    feed = remote.in_order(info.container) if remote else None
    try:
        run_ffmpeg(
            [*input_options(protocols=protocols), "-i", source, *written, *bound, CAPTIONS],
            folder,
            lambda seconds: None,  # A film that is read by ranges is checked at each of them; a short one is soon read.
            feed=feed,
        )
    except FfmpegFailed as failure:
        if failure.killed:
            raise EncoderFailed(f"The encoder was stopped while it worked on {name!r}.") from failure
        raise unsupported(name, failure.complaint) from failure
    if (folder / CAPTIONS).stat().st_size >= config.MAX_CAPTIONS_BYTES:
        raise InputTooLarge(f"The subtitles inside {name!r} have more than {config.MAX_CAPTIONS_BYTES // 1024**2} MiB.")
    return track.language
