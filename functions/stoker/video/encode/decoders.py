"""Decoders that are chosen by name, because ffmpeg's default decoder for the codec decodes less."""

from stoker.video.source.film import Film

NAMED = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}
"""The decoders by codec. ffmpeg's decoders of AMR return nothing for the frames of a pause (SID and NO_DATA of 3GPP TS
26.093), which phones write while nobody speaks. A recording in which more than two thirds are such frames fails as a
whole."""


def decoder_options(film: Film) -> list[str]:
    """Return the options before `-i` that name decoders.

    Args:
        film: The film.
    """
    audio = film.audio
    return [f"-c:{audio.index}", NAMED[audio.codec]] if audio and audio.codec in NAMED else []
