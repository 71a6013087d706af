"""`captions`: what is said, as WebVTT beside the film."""

from typing import Literal

from stoker.captions.webvtt import written
from stoker.models.document import Model
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import WEBVTT, Bench, Finish, MadeFile, MadeOutput


class CaptionsOutput(Model):
    """Made by itself where a job brings captions; no client asks for it."""

    kind: Literal["captions"] = "captions"


def captions(output: CaptionsOutput, graph: Graph) -> Finish:
    """Plans the file."""
    name = graph.name("captions", "vtt")

    def finish(bench: Bench) -> MadeOutput:
        (bench.folder / name).write_text(written(cue.escaped() for cue in graph.film.cues), encoding="utf-8")
        return MadeOutput("captions", MadeFile(name, WEBVTT))

    return finish
