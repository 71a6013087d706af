"""Made-up pieces of speech, and measurements of sound files."""

import math
import re
import subprocess
import wave
from array import array
from pathlib import Path

import imageio_ffmpeg

from stoker.speech.engine import Mark, Utterance
from stoker.speech.sentences import Break, Sentence
from stoker.speech.track import SpeechTrack, SpokenSentence

RATE = 22_050


def tone(seconds: float, amplitude: int = 8000) -> bytes:
    """A hum."""
    return tone_at(RATE, seconds, amplitude)


def tone_at(rate: int, seconds: float, amplitude: int = 8000) -> bytes:
    """A hum, at so many samples a second."""
    return array("h", [int(amplitude * math.sin(0.04 * at)) for at in range(round(seconds * rate))]).tobytes()


def silence(seconds: float) -> bytes:
    """Nothing to hear."""
    return bytes(2 * round(seconds * RATE))


def utterance(text: str, sound: bytes, marks: dict[int, float] | None = None, ends: Break = "sentence") -> Utterance:
    """A sentence; its marks are seconds by character."""
    placed = [Mark(position, round(seconds * RATE)) for position, seconds in (marks or {}).items()]
    return Utterance(Sentence(text, 0, ends), sound, placed)


def tracked(folder: Path, *utterances: Utterance, speed: float = 1.0) -> tuple[Path, list[SpokenSentence | None]]:
    """Pieces joined, and when each is spoken."""
    file = folder / "track.wav"
    with SpeechTrack(file, RATE, speed) as track:
        spoken = [track.add(one) for one in utterances]
    return file, spoken


def seconds(file: Path) -> float:
    """Return the duration of a WAV file, in seconds."""
    with wave.open(str(file)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def heard(file: Path, *filters: str) -> str:
    """Return ffmpeg's log of a file that goes through filters."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-nostdin", "-i", str(file)]
    done = subprocess.run(
        [*command, "-af", ",".join(filters), "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    return done.stderr


def sounds(file: Path, least_silence: float = 0.15, level: int = -45) -> list[tuple[float, float]]:
    """Return the parts with sound, as (start, end) in seconds, found by ffmpeg's silence detector."""
    # A second of silence around it, so that the first and the last silence are found however short they are.
    around = ("adelay=1000", "apad=pad_dur=1")
    output = heard(file, *around, f"silencedetect=n={level}dB:d={least_silence}")
    starts = [float(found) - 1 for found in re.findall(r"silence_start: (-?[\d.]+)", output)]
    ends = [float(found) - 1 for found in re.findall(r"silence_end: (-?[\d.]+)", output)]
    return list(zip(ends, starts[1:], strict=False))


def loudness(file: Path) -> tuple[float, float]:
    """LUFS and dBTP, from a run of ffmpeg's meter of its own."""
    output = heard(file, "ebur128=peak=true:dualmono=true:framelog=verbose")
    integrated = re.findall(r"I:\s+(\S+) LUFS", output)[-1]
    return float(integrated), float(re.findall(r"Peak:\s+(\S+) dBFS", output)[-1])
