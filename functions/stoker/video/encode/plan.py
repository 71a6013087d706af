"""From what was asked for and what there is to as few ffmpeg runs as can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stoker.models.video import PosterOutput, VideoOutput
from stoker.probe.probe import AudioStream
from stoker.video.encode.graph import Graph, Options
from stoker.video.outputs import KINDS
from stoker.video.outputs.captions import CaptionsOutput
from stoker.video.outputs.finish import Finish
from stoker.video.outputs.poster import poster_seconds
from stoker.video.sound.loudness import measure
from stoker.video.source.film import Film


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        runs: The arguments of each run of ffmpeg.
        finishes: How each output is finished after that, in the order in which they were asked for.
        films: The files of those runs that may be large.
        sounds: The sounds that are decoded, each with the options of its encoders. None is the sound of the film.
    """

    runs: list[list[str]]
    finishes: list[Finish]
    films: list[str]
    sounds: Mapping[AudioStream | None, Sequence[Options]]


def plan(source: str, film: Film, outputs: Sequence[VideoOutput | CaptionsOutput]) -> Plan:
    """Plans the work.

    Args:
        source: The source's path, relative to the working folder.
        film: What it holds.
        outputs: What was asked for.
    """
    if all(isinstance(output, PosterOutput | CaptionsOutput) for output in outputs):
        # Each poster jumps to its place, since nothing else needs what lies before it.
        names: set[str] = set()
        graphs = [Graph(source, film, names, _skip(output, film)) for output in outputs]
    else:
        graphs = [Graph(source, film)] * len(outputs)
    finishes = [KINDS[output.kind](output, graph) for output, graph in zip(outputs, graphs, strict=True)]
    different = list(dict.fromkeys(graphs))
    for graph in different:
        if graph.sounds:
            measure(graph)
    films = [name for graph in different for name in graph.films]
    sounds = {stream: options for graph in different for stream, options in graph.sounds.items()}
    return Plan([graph.arguments() for graph in different if not graph.empty], finishes, films, sounds)


def _skip(output: VideoOutput | CaptionsOutput, film: Film) -> float:
    return poster_seconds(output, film) if isinstance(output, PosterOutput) else 0
