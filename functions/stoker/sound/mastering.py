"""Makes speech as loud as was asked for, and never too loud at a single peak, in the file that is delivered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stoker.errors import EncoderFailed, LoudnessUnreachable, NothingToSpeak
from stoker.models.speech import AudioFormat
from stoker.sandbox.ffmpeg import FfmpegFailed, input_options, run_ffmpeg
from stoker.sound.downmix import Level

MOST_TRUE_PEAK = -1.1
"""dBTP of the encoded file: -1, and what ffmpeg's one decimal may hide.
Source: EBU R 128 (2023), maximum permitted true peak level -1 dBTP."""

CEILING = -3.0
"""dBFS that no sample passes before it is encoded: the wave between two samples may rise higher, and lossy encoders
add to it. Lowered where that was not enough."""

LOUDNESS_TOLERANCE = 0.2
"""LU. EBU R 128 allows 0.5 for programmes that can't be mastered in advance."""

SILENCE = -70.0
"""LUFS; what is softer is gated away. Source: ITU-R BS.1770-5, absolute threshold."""

SMALL_CORRECTION = 0.5
"""dB. Of so little, hardly any is lost to the limiter, and it need not be measured again."""

LIMITER_TRIES = 4
ENCODING_TRIES = 4

PeakKind = Literal["sample", "true"]

TALKING = ("-loglevel", "info", "-nostats")
"""Options with which ffmpeg writes what its meter has measured."""

MEASURED, MASTERED = 0.2, 0.9
"""Shares of the work, from the times of ten minutes of speech as MP3. What is left is for encoding again, if need be;
each time takes half of it."""

ENCODING_SHARE = 0.6
"""Of encoding and measuring what came out."""


@dataclass(frozen=True)
class Encoding:
    """How a format is encoded.

    Attributes:
        options: For ffmpeg.
        lost: dB by which the encoder turns it down.
    """

    content_type: str
    options: tuple[str, ...]
    lost: float = 0.0


ENCODINGS: dict[AudioFormat, Encoding] = {
    "mp3": Encoding("audio/mpeg", ("-c:a", "libmp3lame", "-b:a", "64k"), lost=0.5),
    "ogg": Encoding("audio/ogg", ("-c:a", "libopus", "-b:a", "32k", "-ar", "24000", "-compression_level", "5")),
    "m4a": Encoding("audio/mp4", ("-c:a", "aac", "-b:a", "64k", "-aac_coder", "fast", "-movflags", "+faststart")),
    "wav": Encoding("audio/wav", ("-c:a", "pcm_s16le")),
}
"""One channel of speech. The faster search of each encoder: the slower one takes four times as long, and at these bit
rates for a voice few hear why. Source of the bit rates: https://wiki.xiph.org/Opus_Recommended_Settings (speech),
and for MP3 and AAC Apple's for podcasts, 64 kbit/s mono."""


@dataclass(frozen=True)
class Sound:
    """What was measured of a sound.

    Attributes:
        loudness: Integrated, in LUFS, of one channel that plays from two loudspeakers.
        peak: dBTP, or dBFS where the samples alone were measured.
        seconds: How long it plays.
    """

    loudness: float
    peak: float
    seconds: float


def measure(file: Path, tell: Callable[[float], None], filters: str = "", peak: PeakKind = "true") -> Sound:
    """Measures a sound with ffmpeg's EBU R 128 meter.

    Args:
        file: The file.
        tell: Called with the seconds that are done; what it raises ends the work.
        filters: What the sound goes through before.
        peak: Of the wave between the samples too, which takes three times as long, or of the samples alone.

    Raises:
        EncoderFailed: ffmpeg was stopped.
    """
    arguments = [*input_options(), "-i", file.name, "-af", f"{filters}{meter(peak)}", "-f", "null", "-"]
    return listened(lambda report: _ffmpeg([*TALKING, *arguments], file.parent, report), tell)


def meter(peak: PeakKind) -> str:
    """The filter that measures."""
    # A file of one channel is heard from two loudspeakers, 3 dB louder than the meter takes it by itself.
    return f"ebur128=dualmono=true:framelog=quiet:peak={peak}"


def listened(run: Callable[[Callable[[float], None]], str], tell: Callable[[float], None]) -> Sound:
    """What a run of ffmpeg measured.

    Args:
        run: Runs ffmpeg with `TALKING` and a `meter`, calls what it gets with the seconds that are done, and returns
            what ffmpeg wrote to standard error.
        tell: Called with the seconds that are done.
    """
    seconds = 0.0

    def heard(done: float) -> None:
        nonlocal seconds
        seconds = done
        tell(done)

    told = run(heard)
    return Sound(_figure(r"I:\s+(\S+) LUFS", told), _figure(r"Peak:\s+(\S+) dBFS", told), seconds)


def settled(
    loudness: float,
    before: Sound,
    limited: Callable[[Level], float],
    encoded: Callable[[Level], Sound],
    lost: float = 0.0,
) -> tuple[Level, Sound]:
    """Finds the level at which a sound is as loud as is wanted, and its true peak is low enough once it is encoded.

    Args:
        loudness: LUFS. Where the true peak does not allow it, what comes nearest.
        before: What was measured of the sound as it is; the peak is that of its samples.
        limited: Measures the loudness of the sound at a level, in LUFS.
        encoded: Encodes the sound at a level, and measures what came out, with its true peak.
        lost: dB by which the encoder turns it down.

    Returns:
        The level, and what was measured at it.

    Raises:
        LoudnessUnreachable: The true peak stays too high.
    """
    gain, ceiling = loudness - before.loudness, CEILING
    if before.peak + gain > ceiling:
        for _ in range(LIMITER_TRIES):
            off = loudness - limited(Level(gain, ceiling))
            gain += off
            if abs(off) < SMALL_CORRECTION:
                break
    gain += lost
    for tried in range(ENCODING_TRIES):
        level = Level(gain, ceiling)
        found = encoded(level)
        off, over = loudness - found.loudness, found.peak - MOST_TRUE_PEAK
        if over <= 0 and (abs(off) <= LOUDNESS_TOLERANCE or tried > 0):
            return level, found
        if over > 0:
            ceiling -= over + 0.3
        # Peaks come first: more gain would undo a lower ceiling. With less of both, all that is heard gets softer.
        if over <= 0 or tried == 0:
            gain += off
        elif tried > 1:
            gain -= over + 0.3
    raise LoudnessUnreachable(f"The true peak of the sound stayed at {found.peak} dBTP. Ask for a lower loudness.")


def master(
    source: Path, audio_format: AudioFormat, loudness: float, tell: Callable[[float], None]
) -> tuple[Path, Sound]:
    """Encodes a sound, at a loudness.

    Args:
        source: A WAV file of one channel.
        audio_format: What to make of it, beside it.
        loudness: LUFS. Where the true peak does not allow it, what comes nearest.
        tell: Called with the share that is done; what it raises ends the work.

    Returns:
        The file, and what was measured of it.

    Raises:
        NothingToSpeak: It is silent.
        LoudnessUnreachable: The true peak stays too high.
        EncoderFailed: ffmpeg was stopped, or the file is not what it should be.
    """
    before = measure(source, lambda _: tell(0), peak="sample")
    if not before.loudness > SILENCE:
        raise NothingToSpeak("The voice has no sound for this text. Write it in the language of the voice.")
    encoding = ENCODINGS[audio_format]
    file = source.with_name(f"speech.{audio_format}")
    start, end = MEASURED, MASTERED

    def share(start: float, end: float) -> Callable[[float], None]:
        return lambda seconds: tell(start + (end - start) * min(seconds / before.seconds, 1))

    def limited(level: Level) -> float:
        filters = f"{','.join(level.filters)},"
        return measure(source, share(MEASURED / 2, MEASURED), filters, "sample").loudness

    def encoded(level: Level) -> Sound:
        nonlocal start, end
        halfway = start + (end - start) * ENCODING_SHARE
        chain = ",".join(level.filters)
        options = ["-i", source.name, "-af", chain, *encoding.options, "-map_metadata", "-1", file.name]
        _ffmpeg([*input_options(), *options], source.parent, share(start, halfway))
        found = measure(file, share(halfway, end))
        if abs(found.seconds - before.seconds) > 0.1:
            raise EncoderFailed("The encoder lost a part of the speech.")
        start, end = end, (1 + end) / 2
        return found

    tell(MEASURED / 2)
    _, sound = settled(loudness, before, limited, encoded, encoding.lost)
    return file, sound


def _ffmpeg(arguments: list[str], folder: Path, tell: Callable[[float], None]) -> str:
    try:
        return run_ffmpeg(arguments, folder, tell)
    except FfmpegFailed as failure:
        raise EncoderFailed("The encoder stopped.") from failure


def _figure(pattern: str, told: str) -> float:
    # The meter says nothing where it got no sound.
    found = re.findall(pattern, told)
    return float(found[-1]) if found else float("-inf")
