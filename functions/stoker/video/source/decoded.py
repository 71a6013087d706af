"""Sound that changes in the middle is decoded first, into a file of sound that does not.

ffmpeg sets its filters up anew where the channels or the rate change. They forget what they heard before: silence
before a late beginning comes again, and meters begin again. The filters that read the file see no change.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from stoker import config
from stoker.probe.probe import AudioStream
from stoker.sound.downmix import SAMPLES_PER_SECOND
from stoker.video.encode.graph import Graph
from stoker.video.source.film import Film

MOST_BYTES = config.GIB
"""All such files of a job have at most as many, some 93 minutes of sound: the working folder is memory."""

BYTES_PER_SECOND = 4 * SAMPLES_PER_SECOND
"""Stereo of 16 bits."""

AT_ZERO = {"filter_complex": f"anullsrc=r={SAMPLES_PER_SECOND}:d=0.02[zero]", "map": "[zero]"}
"""A second stream, which begins at 0. ffmpeg begins the clock of a file with its first packet, so that sound that
begins late would lose its place."""


def with_decoded(
    source: str, film: Film, sounds: Iterable[AudioStream | None], run: Callable[[list[str]], object]
) -> Film:
    """Decodes the sounds that change in the middle, as long as they are not too long together.

    Args:
        source: The source's path, relative to the working folder.
        film: The film.
        sounds: Those that are wanted. None is the sound of the film.
        run: Runs ffmpeg on the source.

    Returns:
        The film, with the files.
    """
    files, room = {}, MOST_BYTES
    for stream in sounds:
        audio = stream or film.audio
        size = film.seconds * BYTES_PER_SECOND
        if audio is None or not audio.changes or not 0 < size <= room:
            continue
        room -= round(size)
        graph = Graph(source, film)
        name = f"sound-{audio.index}.mka"
        # Samples without frames keep the time of each change; other codecs would write across it.
        graph.write_sound(name, (), {**AT_ZERO, "c": "pcm_s16le", "f": "matroska"}, stream)
        run(graph.arguments())
        files[audio.index] = name
    return replace(film, decoded=files)
