"""The table of the kinds of outputs in the documentation, from the models and from the plans of the files."""

from collections.abc import Iterator
from typing import get_args

from stoker.models.document import Model
from stoker.models.video import VideoOutput
from stoker.probe.probe import AudioStream, MediaInfo, VideoStream
from stoker.video.encode.graph import Graph
from stoker.video.outputs import KINDS
from stoker.video.source.film import Film
from stoker_tools.generate.field_tables import value_in_words
from stoker_tools.generate.fields import fields_of, models_in
from stoker_tools.generate.markdown import table, words

SAMPLE = Film(
    MediaInfo(
        duration_seconds=60,
        streams=2,
        video=VideoStream(0, "h264", 1920, 1080, square_pixels=True, frames_per_second=25, duration_seconds=60),
        audio=AudioStream(1, "aac", 2, 60),
    )
)
"""The film whose outputs give the names of files: 60 s of 1920 x 1080 with stereo sound."""


def output_table() -> str:
    """Return a table in Markdown with a row for each kind of output: its options, and the name of its file."""
    rows = []
    for model in models_in(VideoOutput):
        [kind] = get_args(model.model_fields["kind"].annotation)
        rows.append((f"`{kind}`", "<br>".join(_options(model)), words(_files(kind, model))))
    return table(("`kind`", "options", "file"), rows)


def _options(model: type[Model]) -> Iterator[str]:
    for field in fields_of(model, model.model_json_schema(by_alias=True)):
        if field.name != "kind":
            yield f"`{field.name}`: {value_in_words(field)}"


def _files(kind: str, model: type[Model]) -> list[str]:
    """Return the names of an output's own file: a name for each format, and for the defaults of all other options."""
    formats = get_args(model.model_fields["format"].annotation) if "format" in model.model_fields else ()
    requests = [{"kind": kind, "format": name} for name in formats] or [{"kind": kind}]
    return [_file(model.from_firestore(request)) for request in requests]


def _file(output: Model) -> str:
    graph = _NamesInOrder()
    KINDS[output.model_dump()["kind"]](output, graph)
    return graph.taken[0]


class _NamesInOrder(Graph):
    """A graph that keeps the names of files in their order. Each kind takes the name of its own file first."""

    def __init__(self) -> None:
        super().__init__("source", SAMPLE)
        self.taken: list[str] = []

    def name(self, stem: str, ending: str) -> str:
        self.taken.append(super().name(stem, ending))
        return self.taken[-1]
