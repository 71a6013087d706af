"""The codecs: what each stream that is made is encoded with."""

from collections.abc import Mapping

from stoker.probe.probe import AudioStream
from stoker.video.encode.graph import Graph
from stoker.video.picture.picture import MAX_FRAMES_PER_SECOND
from stoker.video.source.film import Film, Size

CONSTANT_RATE_FACTOR = {"low": 28, "medium": 23, "high": 19}
"""x264's own scale; 23 is its default, and 6 more halve the bit rate.
Source: https://trac.ffmpeg.org/wiki/Encode/H.264#crf"""

PEAK_SHARE = {"low": 0.5, "medium": 1.0, "high": 2.0}
"""How far each quality may go, as a share of `peak_bits`."""

BITS_PER_PIXEL = 0.15
"""At most, at 30 frames a second: 4.1 Mbit/s for 1280 x 720, which is told to have 4.5.
Source: https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices"""

LEAST_PEAK_BITS = 400_000
"""Below that, moving pictures of any size fall apart."""

HINT_UNIT = 1000

KEY_FRAME_SECONDS = 2
"""Source: the same (1.10, key frames should be present every two seconds)."""

SOUND_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "aac": {"c": "aac", "b": "128000"},
    "mp3": {"c": "libmp3lame", "q": "2"},
    "opus": {"c": "libopus", "b": "112000"},
    "pcm": {"c": "pcm_s16le"},
}
"""Stereo that few can tell from the source. Sources: https://trac.ffmpeg.org/wiki/Encode/AAC and Encode/MP3 (V2 is
transparent to most), https://wiki.xiph.org/Opus_Recommended_Settings (96 to 128 kbit/s)."""


def peak_bits(size: Size, frames_per_second: float) -> int:
    """The most bits a second that a picture of medium quality may take.

    Example:
        >>> peak_bits((1280, 720), 30), peak_bits((1280, 720), 60)
        (4147200, 6220800)
    """
    # Frames that are closer together differ less.
    frames = min(frames_per_second, 30) + max(0.0, frames_per_second - 30) / 2
    return max(LEAST_PEAK_BITS, round(BITS_PER_PIXEL * size[0] * size[1] * frames))


def h264(graph: Graph, size: Size, quality: str) -> str:
    """The picture in H.264. Key frames lie at the same times in every size, so that any of them serves for HLS."""
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
    """The picture in VP9."""
    peak = str(peak_bits(size, _rate(graph.film)))
    # Constrained quality; the speed is that of a film, not of a call, with as many threads as there are rows to share.
    speed = {"deadline": "good", "cpu-used": "5", "row-mt": "1", "tile-columns": "1"}
    options = {"c": "libvpx-vp9", "crf": "33", "b": peak, "g": "240", **speed}
    return graph.video(size, (), options)


def av1(graph: Graph, size: Size) -> str:
    """The picture in AV1."""
    hint = f"fps-num={_hint(graph.film)}:fps-denom={HINT_UNIT}"
    # 9 is the fastest preset that its makers would show to people.
    options = {"c": "libsvtav1", "preset": "9", "crf": "35", "g": "240", "svtav1-params": hint}
    return graph.video(size, (), options)


def sound(graph: Graph, codec: str, stream: AudioStream | None = None) -> list[str]:
    """The sound, stereo; no stream where there is no sound.

    Args:
        graph: What encodes it.
        codec: One of `SOUND_OPTIONS`.
        stream: A sound of the source; None for that of the film.
    """
    if graph.film.audio is None:
        return []
    return [graph.audio(SOUND_OPTIONS[codec], stream)]


def _rate(film: Film) -> float:
    return min(film.moving_frames_per_second or 30, MAX_FRAMES_PER_SECOND)


def _hint(film: Film) -> int:
    """The rate that an encoder is told, in thousandths of a frame a second. It decides the level and the bit rate, and
    moves no frame. ffmpeg takes the rate of the container, which is 1,000 where that does not say."""
    return round(_rate(film) * HINT_UNIT)


def _every(seconds: int) -> str:
    # By the clock, not by what was forced so far: a picture that stands still for long owes no key frames.
    return f"expr:if(isnan(prev_forced_t),1,gte(floor(t/{seconds}),floor(prev_forced_t/{seconds})+1))"
