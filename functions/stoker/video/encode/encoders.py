"""The encoders of all streams, with their options."""

from collections.abc import Mapping

from stoker.probe.picture_parameters import Size
from stoker.probe.probe import AudioStream
from stoker.video.encode.graph import Graph
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from stoker.video.source.film import Film

CONSTANT_RATE_FACTOR = {"low": 28, "medium": 23, "high": 19}
"""The quality on x264's own scale. 23 is its default; adding 6 halves the bit rate.
Source: https://trac.ffmpeg.org/wiki/Encode/H.264#crf"""

PEAK_SHARE = {"low": 0.5, "medium": 1.0, "high": 2.0}
"""The highest bit rate of each quality, as a share of `peak_bits`."""

BITS_PER_PIXEL = 0.15
"""Bits of a pixel at most, at 30 frames a second: 4.1 Mbit/s for 1280 x 720, for which Apple recommends 4.5.
Source: https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices"""

LEAST_PEAK_BITS = 400_000
"""The lowest limit of the bit rate. Below it, moving pictures of any size look broken."""

HINT_UNIT = 1000
"""Units of the frame rate that encoders get, in one frame a second."""

KEY_FRAME_SECONDS = 2
"""Seconds between key frames. Source: as `BITS_PER_PIXEL` (1.10, key frames should be present every two seconds)."""

SOUND_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "aac": {"c": "aac", "b": "128000"},
    "mp3": {"c": "libmp3lame", "q": "2"},
    "opus": {"c": "libopus", "b": "112000"},
    "pcm": {"c": "pcm_s16le"},
}
"""The options of sound encoders, for stereo that few listeners can distinguish from the source. Sources:
https://trac.ffmpeg.org/wiki/Encode/AAC and Encode/MP3 (V2 is transparent to most),
https://wiki.xiph.org/Opus_Recommended_Settings (96 to 128 kbit/s)."""


def peak_bits(size: Size, frames_per_second: float) -> int:
    """Return the highest bit rate of a picture of medium quality, in bits a second.

    Example:
        >>> peak_bits((1280, 720), 30), peak_bits((1280, 720), 60)
        (4147200, 6220800)
    """
    # Frames that are closer together differ less, so frames beyond 30 a second count half.
    frames = min(frames_per_second, 30) + max(0.0, frames_per_second - 30) / 2
    return max(LEAST_PEAK_BITS, round(BITS_PER_PIXEL * size[0] * size[1] * frames))


def h264(graph: Graph, size: Size, quality: str) -> str:
    """Add the picture in H.264, and return its name. Key frames have the same times in every size, as HLS needs it."""
    peak = round(peak_bits(size, _rate(graph.film)) * PEAK_SHARE[quality])
    return graph.video(
        size,
        (),
        {
            "c": "libx264",
            "preset": "veryfast",
            "crf": str(CONSTANT_RATE_FACTOR[quality]),
            "maxrate": str(peak),
            "bufsize": str(2 * peak),
            "sc_threshold": "0",
            "g": "9999",
            "force_key_frames": _every(KEY_FRAME_SECONDS),
            "x264-params": f"fps={_hint(graph.film)}/{HINT_UNIT}",
        },
    )


def vp9(graph: Graph, size: Size) -> str:
    """Add the picture in VP9, and return its name."""
    peak = str(peak_bits(size, _rate(graph.film)))
    # Constrained quality. `good` is the speed for films, not for calls; the rows of a frame are shared among threads.
    speed = {"deadline": "good", "cpu-used": "5", "row-mt": "1", "tile-columns": "1"}
    options = {"c": "libvpx-vp9", "crf": "33", "b": peak, "g": "240", **speed}
    return graph.video(size, (), options)


def av1(graph: Graph, size: Size) -> str:
    """Add the picture in AV1, and return its name."""
    hint = f"fps-num={_hint(graph.film)}:fps-denom={HINT_UNIT}"
    # 9 is the fastest preset that the encoder's authors recommend for viewers.
    options = {"c": "libsvtav1", "preset": "9", "crf": "35", "g": "240", "svtav1-params": hint}
    return graph.video(size, (), options)


def sound(graph: Graph, codec: str, stream: AudioStream | None = None) -> list[str]:
    """Add a sound in stereo, and return its name; empty if the film has no sound.

    Args:
        graph: The graph that encodes the sound.
        codec: A key of `SOUND_OPTIONS`.
        stream: A sound of the source; None for the film's own sound.
    """
    if graph.film.audio is None:
        return []
    return [graph.audio(SOUND_OPTIONS[codec], stream)]


def _rate(film: Film) -> float:
    return min(film.moving_frames_per_second or 30, MAX_FRAMES_PER_SECOND)


def _hint(film: Film) -> int:
    """Return the frame rate that an encoder gets, in units of `HINT_UNIT`.

    The encoder chooses the level and the bit rate by it, and moves no frame. By default ffmpeg uses the rate of the
    container, which is 1,000 frames a second if the container has none.
    """
    return round(_rate(film) * HINT_UNIT)


def _every(seconds: int) -> str:
    # Key frames go by the clock, not by the number of earlier key frames. Otherwise, a long still would be followed by
    # many key frames that make up for those that it did not have.
    return f"expr:if(isnan(prev_forced_t),1,gte(floor(t/{seconds}),floor(prev_forced_t/{seconds})+1))"
