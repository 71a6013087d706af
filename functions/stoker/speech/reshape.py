"""The change of tempo and pitch beyond an engine's own range."""

import wave
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stoker.errors import EncoderFailed
from stoker.sandbox.ffmpeg import FfmpegFailed, input_options, run_ffmpeg
from stoker.speech.engine import Mark, Utterance

APART_SECONDS = 0.5
"""The silence between utterances, in seconds, so that no utterance flows into the next."""


@dataclass(frozen=True)
class Shape:
    """A change of tempo and pitch.

    Attributes:
        tempo: The factor by which the sound becomes faster. The pitch stays the same.
        semitones: The semitones by which the sound becomes higher. The tempo stays the same.
    """

    tempo: float = 1.0
    semitones: float = 0.0


def reshaped(
    utterances: Iterable[Utterance], shape: Shape, sample_rate: int, folder: Path, check: Callable[[], None]
) -> Iterator[Utterance]:
    """Change the tempo and the pitch of utterances, in one run of ffmpeg.

    ffmpeg's filter `rubberband` keeps the vowels of a voice natural.

    Args:
        utterances: The utterances, as an engine speaks them.
        shape: The change. If it changes nothing, the utterances are returned as they are.
        sample_rate: The sample rate of the utterances, in samples per second.
        folder: The folder for temporary files.
        check: Called regularly. An error that it raises ends the work.

    Raises:
        EncoderFailed: ffmpeg was stopped.
    """
    if shape == Shape():
        yield from utterances
        return
    apart = bytes(2 * round(APART_SECONDS * sample_rate))
    written: list[tuple[Utterance, int]] = []
    with wave.open(str(folder / "pieces.wav"), "wb") as file:
        file.setparams((1, 2, sample_rate, 0, "NONE", ""))
        file.writeframesraw(apart)
        for utterance in utterances:
            written.append((replace(utterance, sound=b""), len(utterance.sound) // 2))
            file.writeframesraw(utterance.sound + apart)
    filters = f"rubberband=tempo={shape.tempo:.6f}:pitch={2 ** (shape.semitones / 12):.6f}:formant=preserved"
    arguments = ["-i", "pieces.wav", "-af", f"{filters}:window=short", "-c:a", "pcm_s16le", "reshaped.wav"]
    try:
        run_ffmpeg([*input_options("wav"), *arguments], folder, lambda _: check())
    except FfmpegFailed as failure:
        raise EncoderFailed("The encoder stopped.") from failure
    (folder / "pieces.wav").unlink()
    with wave.open(str(folder / "reshaped.wav"), "rb") as file:
        begin = len(apart) // 4  # the middle of the first silence, in samples
        for utterance, samples in written:
            end = begin + samples + len(apart) // 2
            first, last = round(begin / shape.tempo), round(end / shape.tempo)
            file.setpos(min(first, file.getnframes()))
            marks = [
                Mark(mark.position, round((mark.sample + len(apart) // 4) / shape.tempo)) for mark in utterance.marks
            ]
            yield replace(utterance, sound=file.readframes(last - first), marks=marks)
            begin = end
    (folder / "reshaped.wav").unlink()
