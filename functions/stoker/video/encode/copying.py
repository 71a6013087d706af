"""Streams of the source that are copied into an output, because they fit already. A copy is fast, and loses nothing."""

from dataclasses import replace

from stoker.models.video import Mp4Output, VideoOutput
from stoker.probe.picture_parameters import Size
from stoker.probe.probe import AudioStream, VideoStream
from stoker.video.encode.encoders import PEAK_SHARE, peak_bits
from stoker.video.picture.colours import colours_allow_copy
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from stoker.video.source.film import Film

COPYABLE_CONTAINERS = {"mov", "matroska"}
"""Containers whose timestamps can be copied unchanged."""


def copyable_picture(film: Film, size: Size, quality: str) -> VideoStream | None:
    """Return the picture of the source if it fits an output.

    It fits if it is H.264 that every player shows, of the right size, and with a bit rate that the quality allows.
    """
    video = film.video
    if video is None or film.start or film.end is not None or film.watermark or film.subtitles:
        return None
    plain = (
        video.codec == "h264"
        and video.pixel_format == "yuv420p"
        and video.square_pixels
        # A copy would have the frames that an edit list hides, although their owner has cut them off.
        and not (video.rotation or video.hidden or video.late_seconds)
        and colours_allow_copy(video)
        # A copy has one set of parameters for the whole stream, and its interlaced frames would stay interlaced.
        and video.steady
        and 0 < film.moving_frames_per_second <= MAX_FRAMES_PER_SECOND
    )
    # If the bit rate of the stream is unknown, that of the file counts, which is higher.
    bits = video.bits_per_second or film.info.bits_per_second
    fits = (video.width, video.height) == size and bits is not None
    light = (bits or 0) <= peak_bits(size, film.moving_frames_per_second) * PEAK_SHARE[quality]
    known = COPYABLE_CONTAINERS & set(film.info.container.split(","))
    return video if plain and fits and light and known else None


def may_copy(film: Film, output: VideoOutput) -> bool:
    """Return whether an output may be a copy of the picture, if reading all packets shows that the picture is steady.

    Args:
        film: The film.
        output: The output.
    """
    video = film.video
    if video is None or video.steady or film.info.measured or not video.progressive:
        return False
    if not isinstance(output, Mp4Output):
        return False
    steady = replace(film, info=replace(film.info, video=replace(video, steady=True)))
    size = film.fitted(height=output.height, resolution=output.short_side)
    return copyable_picture(steady, size, output.quality) is not None


def copyable_sound(film: Film) -> AudioStream | None:
    """Return the sound of the source if it fits an output: AAC-LC in one or two channels, at its own loudness."""
    audio = film.audio
    fits = audio is not None and audio.codec == "aac" and audio.profile == "LC" and audio.channels <= 2
    kept = film.loudness is None
    return audio if audio is not None and fits and kept and not audio.changes else None
