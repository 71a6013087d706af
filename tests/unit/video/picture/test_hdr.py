"""HDR becomes BT.709 by its tags, and by guesses where these are missing."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from conftest import Ffmpeg
from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.video.source.fetching import open_film
from unit.video.films import PICTURE, made_picture, outputs_of
from unit.video.picture.codecs import TEN
from unit.video.picture.patches import Source, colour_science, still

NITS = np.array([0.0, 1, 10, 58, 100, 203, 1000])
"""The last but one is the white of graphics and paper. Source: Rec. ITU-R BT.2408."""


def greys(transfer: int) -> tuple[tuple[int, int, int], ...]:
    """R'G'B' of 255 for greys of `NITS`."""
    models = colour_science().models
    encode = models.eotf_inverse_BT2100_PQ if transfer == 16 else models.eotf_inverse_BT2100_HLG
    with np.errstate(invalid="ignore", divide="ignore"):  # it computes both branches of HLG's curve for every value
        encoded = np.rint(255 * encode(np.stack([NITS] * 3, axis=-1))).astype(int)
    return tuple((red, green, blue) for red, green, blue in encoded.tolist())


def film(folder: Path, tags: tuple[int, int, int], codec: tuple[str, ...] = TEN) -> Path:
    pixels = "yuv420p10le" if codec is TEN else "yuv420p"
    return Source("a.mp4", codec, pixels, 9, tags, rows=(greys(tags[1]), greys(tags[1]))).write(folder)


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
@pytest.mark.parametrize("others", [(9, 9), (2, 2)], ids=["tagged", "untagged"])
def test_the_greys_of_hdr_stay_grey_and_apart(tmp_path: Path, transfer: int, others: tuple[int, int]) -> None:
    outputs_of(film(tmp_path, (others[0], transfer, others[1])), {"kind": "poster"})
    shown = still(tmp_path / "poster.jpg")[0]
    assert all(max(colour) - min(colour) <= 2 for colour in shown)
    levels = [colour[1] for colour in shown]
    assert levels[0] <= 4
    assert levels[-1] >= 250
    assert all(lower + 10 < upper for lower, upper in pairwise(levels))
    assert 170 < levels[-2] < 240


@pytest.mark.parametrize(
    ("tags", "warned"), [((9, 16, 9), False), ((2, 16, 2), True), ((2, 18, 2), True), ((9, 14, 9), False)]
)
def test_a_job_says_where_colours_were_guessed(tmp_path: Path, tags: tuple[int, int, int], warned: bool) -> None:
    film(tmp_path, tags).rename(tmp_path / "source")
    video_input = VideoInput.from_firestore({"source": "user-uploads/ada/film.mp4"})
    with Prober() as prober:
        warnings = open_film(video_input, tmp_path, prober).warnings
    assert [warning.code for warning in warnings] == ["colours-guessed"] * warned


def bright(ffmpeg: Ffmpeg) -> Path:
    """HDR10: PQ, BT.2020, ten bits."""
    tags = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
    master = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400"
    options = f"log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1:{master}"
    encode = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", options)
    return ffmpeg("bright.mp4", *PICTURE, "-t", "1", *encode, *tags, "-tag:v", "hvc1")


def test_hdr_becomes_what_every_screen_shows(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    outputs = outputs_of(bright(ffmpeg), {"kind": "mp4", "height": 90}, {"kind": "poster"}, {"kind": "hls"})
    for name in (outputs[0].file.name, "hls-180p.m4s"):
        with av.open(str(tmp_path / name)) as container:
            stream = container.streams.video[0].codec_context
            assert (stream.color_primaries, stream.color_trc, stream.colorspace) == (1, 1, 1)  # BT.709
            assert stream.format is not None
            assert stream.format.name == "yuv420p"
    _, _, grey = made_picture(tmp_path / outputs[1].file.name)
    assert max(grey) - min(grey) > 100  # neither washed out nor dark
