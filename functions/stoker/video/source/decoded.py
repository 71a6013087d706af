"""Sound that changes its format in the middle. It is first decoded into a file of one format.

ffmpeg sets its filters up anew when the channels or the sample rate change, and the filters lose their state: the
silence before a late beginning is inserted again, and meters begin again. The filters that read the decoded file see no
change.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from stoker import config
from stoker.probe.probe import AudioStream
from stoker.sound.downmix import SAMPLES_PER_SECOND
from stoker.video.encode.graph import Graph
from stoker.video.source.film import Film

MOST_BYTES = config.GIB
"""The largest size of all such files of a job, about 93 minutes of sound. The working folder is in memory."""

BYTES_PER_SECOND = 4 * SAMPLES_PER_SECOND
"""Stereo of 16 bits."""

AT_ZERO = {"filter_complex": f"anullsrc=r={SAMPLES_PER_SECOND}:d=0.02[zero]", "map": "[zero]"}
"""A second stream, which begins at 0. When ffmpeg reads a file, its clock begins with the first packet. Without this
stream, sound that begins late would come too early."""


def with_decoded(
    source: str, film: Film, sounds: Iterable[AudioStream | None], run: Callable[[list[str]], object]
) -> Film:
    """Decode the sounds that change in the middle, if they are not too long together.

    Args:
        source: The source's path, relative to the working folder.
        film: The film.
        sounds: The sounds that are wanted. None stands for the film's own sound.
        run: Runs ffmpeg on the source.

    Returns:
        The film with the decoded files.
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
        # PCM keeps the exact time of each change. The frame of another codec would span it.
        graph.write_sound(name, (), {**AT_ZERO, "c": "pcm_s16le", "f": "matroska"}, stream)
        run(graph.arguments())
        files[audio.index] = name
    return replace(film, decoded=files)
