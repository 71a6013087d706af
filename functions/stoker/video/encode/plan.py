"""The plan of a job: as few runs of ffmpeg as possible for all outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stoker.models.video import PosterOutput, VideoOutput
from stoker.probe.probe import AudioStream
from stoker.video.encode.graph import Graph
from stoker.video.encode.streams import Options
from stoker.video.outputs import KINDS
from stoker.video.outputs.captions import CaptionsOutput
from stoker.video.outputs.finish import Finish
from stoker.video.outputs.poster import poster_seconds
from stoker.video.sound.loudness import add_meter
from stoker.video.source.film import Film


@dataclass(frozen=True)
class Plan:
    """The runs of ffmpeg, and the steps after them.

    Attributes:
        runs: The arguments of each run of ffmpeg.
        finishes: The finish of each output, in the order in which the job lists the outputs.
        large_files: The files of those runs that may be large.
        sounds: The sounds that are decoded, each with its encoders' options. None stands for the film's own sound.
    """

    runs: list[list[str]]
    finishes: list[Finish]
    large_files: list[str]
    sounds: Mapping[AudioStream | None, Sequence[Options]]


def plan(source: str, film: Film, outputs: Sequence[VideoOutput | CaptionsOutput]) -> Plan:
    """Plan the runs of ffmpeg for outputs.

    Args:
        source: The source's path, relative to the working folder.
        film: The film.
        outputs: The outputs to make.
    """
    if all(isinstance(output, PosterOutput | CaptionsOutput) for output in outputs):
        # Each poster gets a run that seeks to its time, because no other output needs the film before it.
        names: set[str] = set()
        graphs = [Graph(source, film, names, _skip(output, film)) for output in outputs]
    else:
        graphs = [Graph(source, film)] * len(outputs)
    finishes = [KINDS[output.kind](output, graph) for output, graph in zip(outputs, graphs, strict=True)]
    different = list(dict.fromkeys(graphs))
    for graph in different:
        if graph.sounds:
            add_meter(graph)
    large_files = [name for graph in different for name in graph.large_files]
    sounds = {stream: options for graph in different for stream, options in graph.sounds.items()}
    return Plan([graph.arguments() for graph in different if not graph.empty], finishes, large_files, sounds)


def _skip(output: VideoOutput | CaptionsOutput, film: Film) -> float:
    return poster_seconds(output, film) if isinstance(output, PosterOutput) else 0
