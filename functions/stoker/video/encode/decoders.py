"""Decoders that are named, because ffmpeg's own choice for the codec decodes less."""

from stoker.video.source.film import Film

NAMED = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}
"""ffmpeg's decoders of AMR give nothing for the frames of a pause (SID and NO_DATA of 3GPP TS 26.093), and phones write
those wherever nobody speaks. A recording of more than two thirds of them fails as a whole."""


def decoder_options(film: Film) -> list[str]:
    """The options before `-i` that name decoders.

    Args:
        film: The source.
    """
    audio = film.audio
    return [f"-c:{audio.index}", NAMED[audio.codec]] if audio and audio.codec in NAMED else []
