"""The downmix: any layout of channels becomes stereo, as loud as it was.

The matrix is that of ITU-R BS.775-4, table 2: 1 for the front, 0.707 for the centre and the surrounds, nothing for the
low-frequency effects. It is not normalised, so the front keeps its level, and a limiter holds what would clip. A single
channel is played by both sides at its own level, as players do. `docs/sound.md` has the whole table.
"""

import math
import re
from dataclasses import dataclass

from stoker.probe.probe import AudioStream

SAMPLES_PER_SECOND = 48_000
"""What video players and Opus work with."""

HALF_POWER = math.sqrt(0.5)
"""-3 dB: a channel that two sides play is as loud as before. Source: ITU-R BS.775-4, table 2."""

STEREO = (f"aresample={SAMPLES_PER_SECOND}:osf=fltp",)
"""Filters that make floating point of stereo."""

MIX_CEILING = -4.0
"""dBFS that no sample of a downmix passes. Lossy encoders add to it: white noise at full scale in every channel of 5.1
comes out of Opus with a true peak of -0.3 dBTP, and of AAC and MP3 with -1.0."""

LEFT = ("FL", "FLC", "WL", "DL", "SDL", "BIL")
LEFT_SURROUND = ("BL", "SL", "TFL", "TBL", "TSL", "BFL", "SSL", "TTL")
BOTH = ("FC",)
BOTH_SURROUND = ("BC", "TC", "TFC", "TBC", "BFC")
"""Channels by ffmpeg's names. The right ones are named as the left ones, with an R for the L; all others, `LFE` and
`LFE2`, are left out."""

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
"""Layouts of which ffmpeg's own mix leaves channels out, or which it can't mix. Source: `ffmpeg -layouts`."""

GUESSED_CHANNELS = 8
"""Up to as many channels without names get the names of the usual layout of so many, by ffmpeg."""


@dataclass(frozen=True)
class Level:
    """By how much a sound is changed.

    Attributes:
        gain: dB.
        ceiling: dBFS that no sample passes after the gain; None for no limit.
    """

    gain: float = 0.0
    ceiling: float | None = None

    @property
    def filters(self) -> list[str]:
        """Filters that apply it, to sound as floating point."""
        gain = [f"volume={self.gain:.2f}dB"] if self.gain else []
        return gain if self.ceiling is None else [*gain, limiter(self.ceiling)]


def stereo(audio: AudioStream) -> list[str]:
    """Filters that make stereo of a sound, 48,000 samples a second, as floating point, so that nothing clips yet.

    They are set up anew by ffmpeg where the sound changes its channels, its rate or its format in the middle. A layout
    that ffmpeg can mix may change to any other of the kind.
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
    """A filter that lets no sample pass a ceiling, in dBFS. Sound that stays below is not changed.

    It looks 5 ms ahead, and moves no sample in time.
    """
    return f"alimiter=limit={10 ** (ceiling / 20):.5f}:attack=5:release=50:level=false:latency=true"


def at_own_level(audio: AudioStream) -> list[str]:
    """Filters for the stereo of a sound that stays as loud as it was.

    Mono and stereo keep full scale, which they may have had. A mix is limited at twice the rate, because the wave rises
    higher between the samples.
    """
    if audio.channels <= 2:
        return [limiter(0.0)]
    return [f"aresample={2 * SAMPLES_PER_SECOND}", limiter(MIX_CEILING), f"aresample={SAMPLES_PER_SECOND}:osf=fltp"]


def _gains(audio: AudioStream) -> list[tuple[float, float]] | None:
    """By how much each side plays each channel; None where ffmpeg's own matrix is the same."""
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
    """By how much the left and the right side play a channel."""
    if name in BOTH:
        return HALF_POWER, HALF_POWER
    if name in BOTH_SURROUND:
        return HALF_POWER**2, HALF_POWER**2
    left = name.replace("R", "L")
    gain = 1.0 if left in LEFT else HALF_POWER if left in LEFT_SURROUND else 0.0
    return (gain, 0) if left == name else (0, gain)


def _ambisonic(channels: int) -> list[tuple[float, float]]:
    """Two cardioids that look to the left and to the right.

    The first channel is the pressure, the second the velocity from right to left; what comes from the front is as loud
    as before. Source: RFC 8486, section 3.1 (order ACN, scale SN3D).
    """
    return [(HALF_POWER, HALF_POWER), (HALF_POWER, -HALF_POWER), *[(0.0, 0.0)] * (channels - 2)]


def _sum(gains: list[tuple[float, float]], side: int) -> str:
    terms = [f"{gain[side]:.9f}*c{number}" for number, gain in enumerate(gains) if gain[side]]
    return "+".join(terms).replace("+-", "-") or "0*c0"
