"""The input of a video job: typed options only."""

import pytest
from pydantic import ValidationError

from stoker.models.problems import problems
from stoker.models.video import Av1Output, HlsOutput, Mp4Output, PosterOutput, Sized, VideoInput, WebmOutput

SOURCE = "user-uploads/ada/cat.mov"


def test_without_outputs_there_is_an_mp4_and_a_poster() -> None:
    outputs = VideoInput.from_firestore({"source": SOURCE}).outputs
    assert [output.kind for output in outputs] == ["mp4", "poster"]
    assert outputs[0] == Mp4Output(kind="mp4", quality="medium")


@pytest.mark.parametrize(
    ("size", "side"),
    [({}, 720), ({"resolution": 1080}, 1080), ({"height": 1080}, None)],
)
@pytest.mark.parametrize("model", [Mp4Output, WebmOutput, Av1Output])
def test_a_film_has_a_resolution_unless_it_has_a_height(
    model: type[Sized], size: dict[str, int], side: int | None
) -> None:
    assert model.from_firestore({"kind": model.__name__.removesuffix("Output").lower(), **size}).short_side == side


@pytest.mark.parametrize(
    ("sizes", "sides"),
    [({}, (1080, 720, 480)), ({"resolutions": [360, 240]}, (360, 240)), ({"heights": [360]}, None)],
)
def test_a_playlist_has_resolutions_unless_it_has_heights(
    sizes: dict[str, list[int]], sides: tuple[int, ...] | None
) -> None:
    assert HlsOutput.from_firestore({"kind": "hls", **sizes}).short_sides == sides


def test_outputs_are_read_by_their_kind() -> None:
    wanted = [{"kind": "poster", "at": 2, "width": 640}, {"kind": "mp4", "height": 1080, "quality": "high"}]
    outputs = VideoInput.from_firestore({"source": SOURCE, "outputs": wanted}).outputs
    assert outputs == [
        PosterOutput(kind="poster", at=2, width=640),
        Mp4Output(kind="mp4", height=1080, quality="high"),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "source: is missing"),
        ({"source": 5}, "source: must be text"),
        ({"source": ""}, "source: must not be empty"),
        ({"source": SOURCE, "outputs": []}, "outputs: must not be empty"),
        ({"source": SOURCE, "outputs": [{}]}, "outputs[0]: needs 'kind'"),
        ({"source": SOURCE, "outputs": [{"kind": "vhs"}]}, "outputs[0]: 'vhs' is not one of 'mp4', 'webm', "),
        ({"source": SOURCE, "outputs": [{"kind": "mp4", "height": 9}]}, "outputs[0].height: must be"),
        ({"source": SOURCE, "outputs": [{"kind": "mp4", "height": 7.5}]}, "outputs[0].height: must be"),
        ({"source": SOURCE, "outputs": [{"kind": "mp4", "resolution": 9}]}, "outputs[0].resolution: must be"),
        *(
            (
                {"source": SOURCE, "outputs": [{"kind": kind, "height": 720, "resolution": 720}]},
                "outputs[0]: takes 'height' or 'resolution', not both",
            )
            for kind in ("mp4", "webm", "av1")
        ),
        (
            {"source": SOURCE, "outputs": [{"kind": "hls", "heights": [720], "resolutions": [720]}]},
            "outputs[0]: takes 'heights' or 'resolutions', not both",
        ),
        (
            {"source": SOURCE, "outputs": [{"kind": "hls", "resolutions": []}]},
            "outputs[0].resolutions: must not be empty",
        ),
        ({"source": SOURCE, "outputs": [{"kind": "poster", "at": float("nan")}]}, "outputs[0].at: must be"),
        ({"source": SOURCE, "trim": {"start": 3, "end": 2}}, "trim: the end must be later than the start"),
        ({"source": SOURCE, "watermark": {"source": "a.png", "opacity": 0}}, "watermark.opacity: must be"),
        ({"source": SOURCE, "captions": {}}, "captions.source: is missing"),
        ({"source": SOURCE, "arguments": "-vf scale"}, "arguments: there is no such field"),
    ],
)
def test_each_problem_is_named(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        VideoInput.from_firestore(data)
    [problem] = problems(error.value, data)
    assert problem.startswith(sentence)
