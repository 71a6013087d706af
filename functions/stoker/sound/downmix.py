"""The downmix: any layout of channels becomes stereo of the same loudness.

The matrix is that of ITU-R BS.775-4, table 2: 1 for the front, 0.707 for the centre and the surrounds, 0 for the
low-frequency effects. It is not normalised, so that the front keeps its level. A limiter holds samples that would clip.
A single channel is played by both sides at its own level, as players do. `docs/sound.md` has the whole table.
"""

import math
import re
from dataclasses import dataclass

from stoker.probe.probe import AudioStream

SAMPLES_PER_SECOND = 48_000
"""The sample rate of all outputs. Video players and Opus use it."""

HALF_POWER = math.sqrt(0.5)
"""-3 dB: at this gain, a channel that both sides play is as loud as before. Source: ITU-R BS.775-4, table 2."""

STEREO = (f"aresample={SAMPLES_PER_SECOND}:osf=fltp",)
"""Filters that convert stereo to floating point."""

MIX_CEILING = -4.0
"""The highest sample of a downmix, in dBFS. Lossy encoders raise the peaks: after this limit, white noise at full scale
in every channel of 5.1 has a true peak of -0.3 dBTP in Opus, and of -1.0 dBTP in AAC and MP3."""

LEFT = ("FL", "FLC", "WL", "DL", "SDL", "BIL")
LEFT_SURROUND = ("BL", "SL", "TFL", "TBL", "TSL", "BFL", "SSL", "TTL")
BOTH = ("FC",)
BOTH_SURROUND = ("BC", "TC", "TFC", "TBC", "BFC")
"""Channels by ffmpeg's names. The right channels have an R in place of the L. `LFE` and `LFE2` are dropped."""

LAYOUTS = {
    "binaural": "BIL+BIR",
    "cube": "FL+FR+BL+BR+TFL+TFR+TBL+TBR",
    "5.1.4": "FL+FR+FC+LFE+SL+SR+TFL+TFR+TBL+TBR",
    "7.1.4": "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR+TBL+TBR",
    "7.2.3": "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR+TBC+LFE2",
    "9.1.4": "FL+FR+FC+LFE+BL+BR+FLC+FRC+SL+SR+TFL+TFR+TBL+TBR",
    "9.1.6": "FL+FR+FC+LFE+BL+BR+FLC+FRC+SL+SR+TFL+TFR+TBL+TBR+TSL+TSR",
    "hexadecagonal": "FL+FR+FC+BL+BR+BC+SL+SR+TFL+TFC+TFR+TBL+TBC+TBR+WL+WR",
    "22.2": "FL+FR+FC+LFE+BL+BR+FLC+FRC+BC+SL+SR+TC+TFL+TFC+TFR+TBL+TBC+TBR+LFE2+TSL+TSR+BFC+BFL+BFR",
}
"""Layouts that ffmpeg's own mix does not support, or of which it drops channels. Source: `ffmpeg -layouts`."""

GUESSED_CHANNELS = 8
"""Up to this number, ffmpeg gives channels without names the names of the usual layout."""


@dataclass(frozen=True)
class Level:
    """A change of a sound's level.

    Attributes:
        gain: The change, in dB.
        ceiling: The highest sample after the gain, in dBFS; None for no limit.
    """

    gain: float = 0.0
    ceiling: float | None = None

    @property
    def filters(self) -> list[str]:
        """The filters that apply this level to sound in floating point."""
        gain = [f"volume={self.gain:.2f}dB"] if self.gain else []
        return gain if self.ceiling is None else [*gain, limiter(self.ceiling)]


def stereo(audio: AudioStream) -> list[str]:
    """Return the filters that make stereo of a sound, with 48,000 samples a second.

    The result is in floating point, so that nothing clips yet. If the sound changes its channels, its sample rate or
    its format in the middle, ffmpeg sets these filters up anew. A layout that ffmpeg can mix may change to any other
    layout that it can mix.
    """
    [mix] = STEREO
    gains = _gains(audio)
    if gains is not None:
        sides = (f"c{side}={_sum(gains, side)}" for side in (0, 1))
        return ["volume=volume=1:precision=float", f"pan=stereo|{'|'.join(sides)}", mix]
    # ffmpeg's own matrix plays a single channel at -3 dB from each side.
    mono = f"volume=volume='if(eq(nb_channels,1),{1 / HALF_POWER:.9f},1)':precision=float"
    levels = f"center_mix_level={HALF_POWER:.9f}:surround_mix_level={HALF_POWER:.9f}:lfe_mix_level=0"
    return [mono, f"{mix}:ochl=stereo:{levels}"]


def limiter(ceiling: float) -> str:
    """Return a filter that keeps all samples below a ceiling. It does not change sound that stays below.

    The filter looks 5 ms ahead. It moves no sample in time.

    Args:
        ceiling: The highest sample, in dBFS.
    """
    return f"alimiter=limit={10 ** (ceiling / 20):.5f}:attack=5:release=50:level=false:latency=true"


def at_own_level(audio: AudioStream) -> list[str]:
    """Return the filters for the stereo of a sound that keeps its loudness.

    Mono and stereo may reach full scale, because the source may. A downmix is limited at twice the sample rate, because
    the wave between two samples may rise higher than both.
    """
    if audio.channels <= 2:
        return [limiter(0.0)]
    return [f"aresample={2 * SAMPLES_PER_SECOND}", limiter(MIX_CEILING), f"aresample={SAMPLES_PER_SECOND}:osf=fltp"]


def _gains(audio: AudioStream) -> list[tuple[float, float]] | None:
    """Return the gains of each channel on the left and on the right; None if ffmpeg's own matrix is the same."""
    named = re.fullmatch(r"\d+ channels \((.+)\)", audio.layout)
    names = named[1] if named else LAYOUTS.get(audio.layout)
    if audio.channels == 1:
        return [(1, 1)] if names else None
    if names:
        return [_gain(name) for name in names.split("+")]
    if audio.layout.startswith("ambisonic"):
        return _ambisonic(audio.channels)
    if audio.layout == f"{audio.channels} channels" and audio.channels > GUESSED_CHANNELS:
        return [(1 / math.sqrt(audio.channels),) * 2] * audio.channels
    return None


def _gain(name: str) -> tuple[float, float]:
    """Return the gains of a channel on the left and on the right."""
    if name in BOTH:
        return HALF_POWER, HALF_POWER
    if name in BOTH_SURROUND:
        return HALF_POWER**2, HALF_POWER**2
    left = name.replace("R", "L")
    gain = 1.0 if left in LEFT else HALF_POWER if left in LEFT_SURROUND else 0.0
    return (gain, 0) if left == name else (0, gain)


def _ambisonic(channels: int) -> list[tuple[float, float]]:
    """Return the gains of two virtual microphones (cardioids) that point to the left and to the right.

    The first channel is the pressure, the second is the velocity from right to left. Sound from the front keeps its
    loudness. Source: RFC 8486, section 3.1 (order ACN, scale SN3D).
    """
    return [(HALF_POWER, HALF_POWER), (HALF_POWER, -HALF_POWER), *[(0.0, 0.0)] * (channels - 2)]


def _sum(gains: list[tuple[float, float]], side: int) -> str:
    terms = [f"{gain[side]:.9f}*c{number}" for number, gain in enumerate(gains) if gain[side]]
    return "+".join(terms).replace("+-", "-") or "0*c0"
