"""`captions`: the captions, as a WebVTT file beside the film."""

from typing import Literal

from stoker.captions.webvtt import to_webvtt
from stoker.models.document import Model
from stoker.video.encode.graph import Graph
from stoker.video.outputs.finish import WEBVTT, Finish, FinishContext, MadeFile, MadeOutput


class CaptionsOutput(Model):
    """The output that is added to each job with captions. No client can ask for it."""

    kind: Literal["captions"] = "captions"


def captions(output: CaptionsOutput, graph: Graph) -> Finish:
    """Plan the WebVTT file."""
    name = graph.name("captions", "vtt")

    def finish(context: FinishContext) -> MadeOutput:
        (context.folder / name).write_text(to_webvtt(cue.escaped() for cue in graph.film.cues), encoding="utf-8")
        return MadeOutput("captions", MadeFile(name, WEBVTT))

    return finish
