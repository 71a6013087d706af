"""The filters for the picture of all outputs: from the decoded source to one picture in the colours of outputs."""

from collections.abc import Sequence

from stoker.probe.picture_parameters import Size
from stoker.probe.probe import VideoStream
from stoker.video.picture.alpha import over_white
from stoker.video.picture.colours import tag_colours, to_sdr, watermark_colours
from stoker.video.picture.watermark import overlay
from stoker.video.source.film import Film

MAX_FRAMES_PER_SECOND = 60
SLACK = 0.05
"""A frame that comes less than this before a place on the grid, as a share of the grid's step, belongs to that place,
because containers round times to milliseconds."""

FONTS = "fonts"
"""The folder of the captions' fonts, in the working folder."""

STEADY = ";".join(
    (
        "split[moving][held]",
        "[held]tpad=stop_mode=clone:stop_duration=0.04,fps=25:start_time=0:round=up[steady]",
        "[moving][steady]interleave",
    )
)
"""Filters that add copies of stills, 25 a second. Captions are drawn on frames, and change while a still is shown."""

CAPPED = (
    f"select=isnan(prev_selected_t)+gt(floor(t*{MAX_FRAMES_PER_SECOND}+{SLACK})\\,"
    f"floor(prev_selected_t*{MAX_FRAMES_PER_SECOND}+{SLACK}))",
    f"setpts=floor(T*{MAX_FRAMES_PER_SECOND}+{SLACK})/({MAX_FRAMES_PER_SECOND}*TB)",
)
"""Filters that keep the first frame of each place on a grid of 60 a second, and move the frame to that place. ffmpeg's
`fps` alone would keep the last frame of each place, and show it too early."""


def picture_filters(film: Film, size: Size, part: Sequence[str], watermark_input: int) -> list[str]:
    """Return the filters from the source's picture to the film's picture: upright, in one size, in plain colours.

    Args:
        film: A film with a picture.
        size: The largest size that an output needs.
        part: The filters that cut out the film.
        watermark_input: The index of the watermark among ffmpeg's inputs.
    """
    video = film.video
    assert video is not None
    filters = [f"setpts=PTS+{video.late_seconds:.6f}/TB"] if video.late_seconds else []
    filters += [*part, tag_colours(video), *over_white(video.pixel_format)]
    if not video.steady:
        filters += _fitted(size)
    if _may_be_interlaced(video):
        # `deint=interlaced` decides for each frame, because a film may begin with progressive frames. It leaves these
        # unchanged.
        filters.append("bwdif=mode=send_frame:deint=interlaced")
    if film.moving_frames_per_second > MAX_FRAMES_PER_SECOND:
        filters += CAPPED
        if video.frames_per_second > MAX_FRAMES_PER_SECOND:
            # This sets the frame rate in the container. A film with stills has a lower average rate, and does not get
            # this filter, which would repeat the frames of stills.
            filters.append(f"fps={MAX_FRAMES_PER_SECOND}:eof_action=pass")
    if video.steady and (size != (video.width, video.height) or not video.square_pixels):
        filters += scaled(size)
    filters += to_sdr(video)
    if film.subtitles:
        if film.has_stills:
            filters.append(STEADY)
        filters.append(f"subtitles=filename={film.subtitles}:fontsdir={FONTS}:wrap_unicode=1")
    if film.watermark:
        filters.append(overlay(film.watermark, size, watermark_input, watermark_colours(video)))
    return filters


def scaled(size: Size) -> list[str]:
    """Return the filters that scale a picture of one size, with square pixels."""
    return [f"scale={size[0]}:{size[1]}:flags=lanczos", "setsar=1"]


def _may_be_interlaced(video: VideoStream) -> bool:
    plain = video.pixel_format.startswith(("yuv", "nv12"))  # `bwdif` would convert other formats, such as RGB.
    return video.interlaced or (plain and not video.progressive)


def _fitted(size: Size) -> list[str]:
    """Return the filters that fit a picture of changing size into one size, with black bars."""
    each = "eval=frame:force_original_aspect_ratio=decrease:reset_sar=1:interl=-1"
    return [f"scale={size[0]}:{size[1]}:flags=lanczos:{each}", f"pad={size[0]}:{size[1]}:-1:-1:eval=frame", "setsar=1"]
