"""What an engine can't do by itself: speak faster, slower, higher or lower than it was made for."""

import wave
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stoker.errors import EncoderFailed
from stoker.sandbox.ffmpeg import FfmpegFailed, input_options, run_ffmpeg
from stoker.speech.engine import Mark, Piece

APART_SECONDS = 0.5
"""Silence between the pieces, so that none of them flows into the next."""


@dataclass(frozen=True)
class Shape:
    """What is to be done to the sound of an engine.

    Attributes:
        tempo: Times faster, at the same pitch.
        semitones: Higher, at the same tempo.
    """

    tempo: float = 1.0
    semitones: float = 0.0


def reshaped(
    pieces: Iterable[Piece], shape: Shape, sample_rate: int, folder: Path, check: Callable[[], None]
) -> Iterator[Piece]:
    """Changes pieces, all of them in one run of ffmpeg's `rubberband`, which leaves a voice its vowels.

    Args:
        pieces: As an engine speaks them.
        shape: What to do; the pieces come back as they are where it is nothing.
        sample_rate: Of the pieces.
        folder: Where to work.
        check: Called all along; what it raises ends the work.

    Raises:
        EncoderFailed: ffmpeg was stopped.
    """
    if shape == Shape():
        yield from pieces
        return
    apart = bytes(2 * round(APART_SECONDS * sample_rate))
    written: list[tuple[Piece, int]] = []
    with wave.open(str(folder / "pieces.wav"), "wb") as file:
        file.setparams((1, 2, sample_rate, 0, "NONE", ""))
        file.writeframesraw(apart)
        for piece in pieces:
            written.append((replace(piece, sound=b""), len(piece.sound) // 2))
            file.writeframesraw(piece.sound + apart)
    filters = f"rubberband=tempo={shape.tempo:.6f}:pitch={2 ** (shape.semitones / 12):.6f}:formant=preserved"
    arguments = ["-i", "pieces.wav", "-af", f"{filters}:window=short", "-c:a", "pcm_s16le", "reshaped.wav"]
    try:
        run_ffmpeg([*input_options("wav"), *arguments], folder, lambda _: check())
    except FfmpegFailed as failure:
        raise EncoderFailed("The encoder stopped.") from failure
    (folder / "pieces.wav").unlink()
    with wave.open(str(folder / "reshaped.wav"), "rb") as file:
        begin = len(apart) // 4  # in the middle of the silence
        for piece, samples in written:
            end = begin + samples + len(apart) // 2
            first, last = round(begin / shape.tempo), round(end / shape.tempo)
            file.setpos(min(first, file.getnframes()))
            marks = [Mark(mark.position, round((mark.sample + len(apart) // 4) / shape.tempo)) for mark in piece.marks]
            yield replace(piece, sound=file.readframes(last - first), marks=marks)
            begin = end
    (folder / "reshaped.wav").unlink()
