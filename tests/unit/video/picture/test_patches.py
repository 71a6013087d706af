"""The colours of every kind of output, against those that colour-science computes: within 3 of 255."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
import pytest

from unit.video.films import outputs_of
from unit.video.picture.codecs import H264, TEN, WITHIN
from unit.video.picture.patches import SOFT, VIVID, Colour, Source, films, off, still

pytestmark = pytest.mark.slow
KINDS = (
    {"kind": "mp4", "height": 178},
    {"kind": "webm", "height": 180},
    {"kind": "av1", "height": 180},
    {"kind": "hls", "heights": [178]},
    {"kind": "poster"},
    {"kind": "sprite", "interval": 1},
    {"kind": "preview", "seconds": 0.5},
    {"kind": "preview", "format": "gif", "seconds": 0.5},
)
FILMS = ("video-178p.mp4", "video-180p.webm", "video-180p-av1.mp4", "hls-178p.m4s")
STILLS = ("poster.jpg", "sprite-1.jpg", "preview.webp", "preview.gif")
SPRITE = (160, 102)
HD = (1120, 720)
SOURCES = {
    "BT.601, 525 lines": Source("a.mp4", H264, matrix=6, tags=(6, 6, 6)),
    "BT.601, 625 lines": Source("a.mp4", H264, matrix=5, tags=(5, 6, 5)),
    "BT.709": Source("a.mp4", H264, tags=(1, 1, 1)),
    "BT.2020": Source("a.mp4", TEN, "yuv420p10le", 9, (9, 14, 9), 9),
    "full range": Source("a.mp4", H264, tags=(1, 1, 1), full=True),
    "RGB": Source("a.mov", ("-c:v", "qtrle"), "rgb24"),
    "untagged, SD": Source("a.mp4", H264, matrix=6),
    "untagged, HD": Source("a.mp4", H264, size=HD),
}
MORE = {
    "BT.601, HD": Source("a.mp4", H264, matrix=6, tags=(6, 6, 6), size=HD),
    "BT.601, 625 lines, HD, full range": Source("a.mp4", H264, matrix=5, tags=(5, 6, 5), size=HD, full=True),
    "BT.601, with the transfer of BT.470": Source("a.mp4", H264, matrix=5, tags=(5, 5, 5)),
    "BT.601, no more than the matrix": Source("a.mp4", H264, matrix=6, tags=(2, 2, 6)),
    "BT.601, HD, no more than the matrix": Source("a.mp4", H264, matrix=6, tags=(2, 2, 6), size=HD),
    "BT.709, no more than the matrix": Source("a.mp4", H264, tags=(2, 2, 1)),
    "BT.709, HD": Source("a.mp4", H264, tags=(1, 1, 1), size=HD),
    "BT.709, sRGB": Source("a.mp4", H264, tags=(1, 13, 1)),
    "BT.709, MPEG-2": Source("a.ts", ("-c:v", "mpeg2video", "-qscale:v", "1"), tags=(1, 1, 1)),
    "BT.709, 4:2:2 of 10 bits": Source("a.mov", ("-c:v", "prores_ks", "-profile:v", "3"), "yuv422p10le", 1, (1, 1, 1)),
    "BT.709, 4:4:4": Source("a.mp4", H264, "yuv444p", tags=(1, 1, 1)),
    "BT.709, VP9": Source("a.webm", ("-c:v", "libvpx-vp9", "-crf", "4", "-b:v", "0"), tags=(1, 1, 1)),
    "BT.709, AV1": Source("a.mp4", ("-c:v", "libsvtav1", "-crf", "4", "-preset", "10"), tags=(1, 1, 1)),
    "BT.709, its matrix called GBR": Source("a.mp4", H264, tags=(1, 1, 0)),
    "BT.2020, H.264": Source("a.mp4", (*H264, "-pix_fmt", "yuv420p10le"), "yuv420p10le", 9, (9, 1, 9), 9),
    "BT.2020, no more than the matrix": Source("a.mp4", TEN, "yuv420p10le", 9, (2, 2, 9), 9),
    "BT.2020, HD, ProRes": Source("a.mov", ("-c:v", "prores_ks"), "yuv422p10le", 9, (9, 1, 9), 9, size=HD),
    "BT.2020, VP9": Source("a.webm", ("-c:v", "libvpx-vp9", "-crf", "4", "-b:v", "0"), "yuv420p10le", 9, (9, 14, 9), 9),
    "P3": Source("a.mp4", TEN, "yuv420p10le", 1, (12, 1, 1), 12),
    "SMPTE 240M": Source("a.mp4", H264, matrix=7, tags=(7, 7, 7)),
    "full range, yuvj": Source("a.mp4", H264, "yuvj420p", 5, (5, 6, 5), full=True),
    "full range, untagged": Source("a.mp4", H264, matrix=6, full=True),
    "full range, untagged, HD": Source("a.mp4", H264, matrix=6, full=True, size=HD),
    "full range, BT.709, HD": Source("a.mp4", H264, tags=(1, 1, 1), full=True, size=HD),
    "full range, BT.2020": Source("a.mp4", TEN, "yuv420p10le", 9, (9, 14, 9), 9, full=True),
    "motion JPEG": Source("a.avi", ("-c:v", "mjpeg", "-q:v", "1"), "yuvj420p", 5, (5, 6, 5), full=True),
    "RGB, HD": Source("a.mov", ("-c:v", "qtrle"), "rgb24", size=HD),
    "RGB in H.264": Source("a.mp4", ("-c:v", "libx264rgb", "-qp", "0"), "rgb24"),
    "RGB in H.264, HD": Source("a.mkv", ("-c:v", "libx264rgb", "-qp", "0"), "rgb24", size=HD),
    "RGB in PNG": Source("a.mov", ("-c:v", "png"), "rgb24"),
    "RGB in FFV1": Source("a.mkv", ("-c:v", "ffv1", "-pix_fmt", "gbrp"), "rgb24"),
    "RGB in FFV1, 16 bits": Source("a.mkv", ("-c:v", "ffv1", "-pix_fmt", "gbrp16le"), "rgb24"),
    "RGB, bare": Source("a.avi", ("-c:v", "rawvideo", "-pix_fmt", "bgr24"), "rgb24"),
    "RGB in VP9": Source("a.webm", ("-c:v", "libvpx-vp9", "-lossless", "1", "-pix_fmt", "gbrp"), "rgb24"),
    "ProRes 4444": Source(
        "a.mov", ("-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"), "yuv444p10le", 1, (1, 1, 1)
    ),
    "untagged, MPEG-4": Source("a.avi", ("-c:v", "mpeg4", "-q:v", "1"), matrix=6),
    "untagged, VP8": Source("a.webm", ("-c:v", "libvpx", "-crf", "4", "-b:v", "5M"), matrix=6),
    "untagged, VP8, HD": Source("a.webm", ("-c:v", "libvpx", "-crf", "4", "-b:v", "9M"), size=HD),
}
Rows = list[list[Colour]]


@dataclass
class Shown:
    """The patches of a source's outputs, by file.

    Attributes:
        exact: The patches as Pillow and Chromium's decoder read them.
        canvas: The patches of films as Chromium's canvas shows them.
    """

    exact: dict[str, Rows] = field(default_factory=dict)
    canvas: dict[str, Rows] = field(default_factory=dict)


def shown(folder: Path, sources: Mapping[str, Source]) -> dict[str, Shown]:
    """The patches of each output of each source."""
    found = {name: Shown() for name in sources}
    for number, (name, source) in enumerate(sources.items()):
        place = folder / str(number)
        place.mkdir()
        outputs_of(source.write(place), *KINDS)
        for file in STILLS:
            found[name].exact[file] = still(place / file, SPRITE if file.startswith("sprite") else None)
    in_browser = films(folder, [f"{number}/{file}" for number in range(len(sources)) for file in FILMS])
    for number, name in enumerate(sources):
        for file in FILMS:
            film = in_browser[f"{number}/{file}"]
            found[name].exact[file], found[name].canvas[file] = film.exact, film.canvas
        (folder / name.replace(" ", "-")).symlink_to(folder / str(number))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patches")


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Shown]:
    return shown(folder, SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_every_output_has_the_colours_of_its_source(seen: dict[str, Shown], folder: Path, name: str) -> None:
    check(seen[name], folder / name.replace(" ", "-"))


@pytest.mark.soak
def test_every_output_has_the_colours_of_any_source(tmp_path: Path) -> None:
    wrong = {}
    for name, outputs in shown(tmp_path, MORE).items():
        try:
            check(outputs, tmp_path / name.replace(" ", "-"))
        except AssertionError as error:
            wrong[name] = str(error)[:300]
    assert wrong == {}


def check(outputs: Shown, folder: Path) -> None:
    differences = {file: off(rows, (VIVID, SOFT)) for file, rows in outputs.exact.items()}
    differences |= {f"{file} on a canvas": off(rows[1], SOFT) for file, rows in outputs.canvas.items()}
    assert {name: difference for name, difference in differences.items() if difference > WITHIN} == {}
    assert untagged(folder / file for file in FILMS) == []


def untagged(files: Iterable[Path]) -> list[str]:
    """The films whose container and stream do not say which colours they have."""
    found = []
    for file in files:
        with av.open(str(file)) as container:
            stream = container.streams.video[0].codec_context
            frame = next(container.decode(video=0))
            for of in (stream, frame):
                found_tags = (of.color_primaries, of.colorspace, of.color_trc, of.color_range)
                if found_tags not in {(1, 1, 1, 1), (6, 1, 1, 1), (6, 6, 6, 1), (1, 6, 6, 1)}:
                    found.append(f"{file.name}: {found_tags}")
    return found
