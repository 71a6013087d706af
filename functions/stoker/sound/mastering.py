"""Mastering: a sound gets the loudness that was asked for, and its encoded file has no true peak above the limit."""

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
"""The highest true peak of an encoded file, in dBTP: the limit of -1, less the rounding of ffmpeg's one decimal.
Source: EBU R 128 (2023), maximum permitted true peak level -1 dBTP."""

CEILING = -3.0
"""The highest sample before the encoding, in dBFS. The wave between two samples may rise higher, and lossy encoders
raise the peaks. The ceiling is lowered if the true peak is too high nevertheless."""

LOUDNESS_TOLERANCE = 0.2
"""The allowed difference of the loudness, in LU. EBU R 128 allows 0.5 for programmes that can't be mastered in advance.
"""

SILENCE = -70.0
"""The loudness of silence, in LUFS. The meter ignores softer sound. Source: ITU-R BS.1770-5, absolute threshold."""

SMALL_CORRECTION = 0.5
"""A correction of the gain, in dB, that needs no further measurement: the limiter takes hardly anything of it away."""

LIMITER_TRIES = 4
ENCODING_TRIES = 4

PeakKind = Literal["sample", "true"]

METER_OPTIONS = ("-loglevel", "info", "-nostats")
"""Options with which ffmpeg logs the result of its meter."""

MEASURED, MASTERED = 0.2, 0.9
"""Shares of the work that are done after the measurement and after the first encoding, from the times of ten minutes of
speech as MP3. The rest is for further encodings, if they are needed; each takes half of what is left."""

ENCODING_SHARE = 0.6
"""The share of the encoding in the time for encoding a file and measuring it."""


@dataclass(frozen=True)
class Encoding:
    """The encoding of a format.

    Attributes:
        content_type: The media type.
        options: The options of ffmpeg.
        lost: The gain that the encoder takes away, in dB.
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
"""The encodings of speech, in one channel. Each encoder uses its faster search: the slower search takes four times as
long, and at these bit rates few listeners hear a difference in a voice. Sources of the bit rates:
https://wiki.xiph.org/Opus_Recommended_Settings (speech); for MP3 and AAC, Apple's 64 kbit/s mono for podcasts."""


@dataclass(frozen=True)
class MeasuredSound:
    """The measured values of a sound.

    Attributes:
        loudness: The integrated loudness, in LUFS. A single channel counts as played by two loudspeakers.
        peak: The true peak in dBTP, or the sample peak in dBFS.
        seconds: The duration.
    """

    loudness: float
    peak: float
    seconds: float


def measure(file: Path, report: Callable[[float], None], filters: str = "", peak: PeakKind = "true") -> MeasuredSound:
    """Measure a sound with ffmpeg's EBU R 128 meter.

    Args:
        file: The file.
        report: Called with the seconds that are done. If it raises an exception, the work ends.
        filters: The filters before the meter, each with a comma at its end.
        peak: `true` for the peak of the wave, also between the samples, which takes three times as long; `sample` for
            the peak of the samples alone.

    Raises:
        EncoderFailed: ffmpeg was stopped.
    """
    arguments = [*input_options(), "-i", file.name, "-af", f"{filters}{meter(peak)}", "-f", "null", "-"]
    return run_meter(lambda on_progress: _ffmpeg([*METER_OPTIONS, *arguments], file.parent, on_progress), report)


def meter(peak: PeakKind) -> str:
    """Return the filter that measures the loudness and the peak."""
    # Two loudspeakers play a single channel, 3 dB louder than the meter assumes without `dualmono`.
    return f"ebur128=dualmono=true:framelog=quiet:peak={peak}"


def run_meter(run: Callable[[Callable[[float], None]], str], report: Callable[[float], None]) -> MeasuredSound:
    """Run ffmpeg with a meter, and return the measured values.

    Args:
        run: Runs ffmpeg with `METER_OPTIONS` and a `meter`, and returns ffmpeg's error output. Its argument is a
            function that it calls with the seconds that are done.
        report: Called with the seconds that are done.
    """
    seconds = 0.0

    def on_progress(done: float) -> None:
        nonlocal seconds
        seconds = done
        report(done)

    log = run(on_progress)
    return MeasuredSound(_figure(r"I:\s+(\S+) LUFS", log), _figure(r"Peak:\s+(\S+) dBFS", log), seconds)


def find_level(
    loudness: float,
    before: MeasuredSound,
    limited: Callable[[Level], float],
    encoded: Callable[[Level], MeasuredSound],
    lost: float = 0.0,
) -> tuple[Level, MeasuredSound]:
    """Find the level at which the encoded sound has the wanted loudness, and a true peak below the limit.

    Args:
        loudness: The wanted loudness, in LUFS. If the true peak does not allow it, the nearest loudness is taken.
        before: The measured values of the unchanged sound, with its sample peak.
        limited: Measures the loudness of the sound at a level, in LUFS.
        encoded: Encodes the sound at a level, and measures the result, with its true peak.
        lost: The gain that the encoder takes away, in dB.

    Returns:
        The level, and the values that were measured at it.

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
        # Peaks come first, because more gain would undo a lower ceiling. In the end both are lowered, so that the whole
        # sound gets softer.
        if over <= 0 or tried == 0:
            gain += off
        elif tried > 1:
            gain -= over + 0.3
    raise LoudnessUnreachable(f"The true peak of the sound stayed at {found.peak} dBTP. Ask for a lower loudness.")


def master(
    source: Path, audio_format: AudioFormat, loudness: float, report: Callable[[float], None]
) -> tuple[Path, MeasuredSound]:
    """Encode speech at a loudness.

    Args:
        source: A WAV file of one channel.
        audio_format: The format of the encoded file, which is written beside the source.
        loudness: The wanted loudness, in LUFS. If the true peak does not allow it, the nearest loudness is taken.
        report: Called with the share that is done, from 0 to 1. If it raises an exception, the work ends.

    Returns:
        The file, and its measured values.

    Raises:
        NothingToSpeak: The source is silent.
        LoudnessUnreachable: The true peak stays too high.
        EncoderFailed: ffmpeg was stopped, or the encoded file is shorter than the source.
    """
    before = measure(source, lambda _: report(0), peak="sample")
    if not before.loudness > SILENCE:
        raise NothingToSpeak("The voice has no sound for this text. Write it in the language of the voice.")
    encoding = ENCODINGS[audio_format]
    file = source.with_name(f"speech.{audio_format}")
    start, end = MEASURED, MASTERED

    def share(start: float, end: float) -> Callable[[float], None]:
        return lambda seconds: report(start + (end - start) * min(seconds / before.seconds, 1))

    def limited(level: Level) -> float:
        filters = f"{','.join(level.filters)},"
        return measure(source, share(MEASURED / 2, MEASURED), filters, "sample").loudness

    def encoded(level: Level) -> MeasuredSound:
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

    report(MEASURED / 2)
    _, sound = find_level(loudness, before, limited, encoded, encoding.lost)
    return file, sound


def _ffmpeg(arguments: list[str], folder: Path, report: Callable[[float], None]) -> str:
    try:
        return run_ffmpeg(arguments, folder, report)
    except FfmpegFailed as failure:
        raise EncoderFailed("The encoder stopped.") from failure


def _figure(pattern: str, log: str) -> float:
    # The meter logs no value if it got no sound.
    found = re.findall(pattern, log)
    return float(found[-1]) if found else float("-inf")
