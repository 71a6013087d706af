"""Whether a stream of the source is what is asked for already: a copy of it costs nothing, and loses nothing."""

from dataclasses import replace

from stoker.models.video import Mp4Output, VideoOutput
from stoker.probe.probe import AudioStream, VideoStream
from stoker.video.encode.encoders import PEAK_SHARE, peak_bits
from stoker.video.picture.colours import copies
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from stoker.video.source.film import Film, Size

COPYABLE_CONTAINERS = {"mov", "matroska"}
"""Those whose times can be taken as they are."""


def fitting_picture(film: Film, size: Size, quality: str) -> VideoStream | None:
    """The picture, where it is H.264 that every player shows, of the size and no heavier than the quality allows."""
    video = film.video
    if video is None or film.start or film.end is not None or film.mark or film.subtitles:
        return None
    plain = (
        video.codec == "h264"
        and video.pixel_format == "yuv420p"
        and video.square_pixels
        # A copy would bring the frames that an edit list hides, which its owner has cut off.
        and not (video.rotation or video.hidden or video.late_seconds)
        and copies(video)
        # A copy has one set of parameters for all of it, and nobody takes interlaced frames apart.
        and video.steady
        and 0 < film.moving_frames_per_second <= MAX_FRAMES_PER_SECOND
    )
    # Where a stream does not tell its own, the file's bits are more.
    bits = video.bits_per_second or film.info.bits_per_second
    fits = (video.width, video.height) == size and bits is not None
    light = (bits or 0) <= peak_bits(size, film.moving_frames_per_second) * PEAK_SHARE[quality]
    known = COPYABLE_CONTAINERS & set(film.info.container.split(","))
    return video if plain and fits and light and known else None


def may_fit(film: Film, output: VideoOutput) -> bool:
    """Whether an output may be a copy of the picture, if reading all of its packets shows that it is steady.

    Args:
        film: What it is made of.
        output: What is made.
    """
    video = film.video
    if video is None or video.steady or film.info.measured or not video.progressive:
        return False
    if not isinstance(output, Mp4Output):
        return False
    steady = replace(film, info=replace(film.info, video=replace(video, steady=True)))
    size = film.fitted(height=output.height, resolution=output.short_side)
    return fitting_picture(steady, size, output.quality) is not None


def fitting_sound(film: Film) -> AudioStream | None:
    """The sound, where it is AAC in one or two channels that every player plays."""
    audio = film.audio
    fits = audio is not None and audio.codec == "aac" and audio.profile == "LC" and audio.channels <= 2
    kept = film.loudness is None
    return audio if audio is not None and fits and kept and not audio.changes else None
