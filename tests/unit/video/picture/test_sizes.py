"""The size of each film that is made: as was asked for, never enlarged, with even sides."""

from dataclasses import replace

import pytest

from stoker.models.video import Av1Output, HlsOutput, Mp4Output, Sized, VideoOutput, WebmOutput
from stoker.probe.probe import MediaInfo
from stoker.video.encode.plan import plan
from stoker.video.picture.sizes import sizes
from stoker.video.source.film import Film
from unit.video.encode.probed import FILM


def film(width: int, height: int) -> Film:
    return Film(MediaInfo(60, 1, replace(FILM, width=width, height=height), None))


@pytest.mark.parametrize(
    ("own", "asked", "made"),
    [
        ((1920, 1080), {}, (1280, 720)),
        ((1920, 1080), {"resolution": 720}, (1280, 720)),
        ((1920, 1080), {"height": 720}, (1280, 720)),
        ((1080, 1920), {}, (720, 1280)),
        ((1080, 1920), {"resolution": 720}, (720, 1280)),
        ((1080, 1920), {"height": 720}, (404, 720)),
        ((1080, 1920), {"resolution": 1080}, (1080, 1920)),
        ((1080, 1080), {"resolution": 720}, (720, 720)),
        ((540, 960), {"resolution": 720}, (540, 960)),
        ((2560, 1080), {"resolution": 480}, (1138, 480)),
        ((1080, 2560), {"resolution": 480}, (480, 1138)),
        ((321, 183), {"resolution": 720}, (320, 182)),
        ((183, 321), {"resolution": 90}, (90, 158)),
        ((9, 16), {"resolution": 720}, (8, 16)),
        ((1, 4000), {"resolution": 16}, (2, 4000)),
        ((4320, 7680), {"resolution": 4320}, (4320, 7680)),
    ],
)
@pytest.mark.parametrize("kind", ["mp4", "webm", "av1"])
def test_a_resolution_is_the_short_side(
    own: tuple[int, int], asked: dict[str, int], made: tuple[int, int], kind: str
) -> None:
    models: dict[str, type[Sized]] = {"mp4": Mp4Output, "webm": WebmOutput, "av1": Av1Output}
    assert sizes(film(*own), models[kind].from_firestore({"kind": kind, **asked})) == [made]


@pytest.mark.parametrize(
    ("own", "asked", "made"),
    [
        ((1920, 1080), {}, [(1920, 1080), (1280, 720), (854, 480)]),
        ((1080, 1920), {}, [(1080, 1920), (720, 1280), (480, 854)]),
        ((1080, 1920), {"resolutions": [360, 720, 1440]}, [(1080, 1920), (720, 1280), (360, 640)]),
        ((1080, 1920), {"heights": [1080, 720, 480]}, [(608, 1080), (404, 720), (270, 480)]),
        ((640, 360), {}, [(640, 360)]),
        ((360, 640), {"resolutions": [4320, 1080, 360]}, [(360, 640)]),
    ],
)
def test_resolutions_are_the_short_sides(
    own: tuple[int, int], asked: dict[str, list[int]], made: list[tuple[int, int]]
) -> None:
    assert sizes(film(*own), HlsOutput.from_firestore({"kind": "hls", **asked})) == made


@pytest.mark.parametrize(
    ("own", "output", "names"),
    [
        ((1920, 1080), Mp4Output(kind="mp4"), ["video-720p.mp4"]),
        ((1080, 1920), Mp4Output(kind="mp4"), ["video-720p.mp4"]),
        ((1080, 1920), Mp4Output(kind="mp4", height=720), ["video-720p.mp4"]),
        ((1080, 1920), WebmOutput(kind="webm", resolution=480), ["video-480p.webm"]),
        ((1080, 1920), Av1Output(kind="av1", resolution=480), ["video-480p-av1.mp4"]),
        ((540, 960), HlsOutput(kind="hls"), ["hls-540p.m4s", "hls-480p.m4s"]),
        ((540, 960), HlsOutput(kind="hls", heights=[480]), ["hls-480p.m4s"]),
    ],
)
def test_files_are_called_by_what_was_asked_for(own: tuple[int, int], output: VideoOutput, names: list[str]) -> None:
    assert plan("source", film(*own), [output]).large_files == names
