"""HDR becomes BT.709 by its tags, and by guesses where these are missing."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from stoker.models.video import VideoInput
from stoker.probe.probe import Prober
from stoker.video.source.fetching import open_film
from unit.video.patches import Source, colour_science, still
from unit.video.test_patches import TEN
from unit.video.test_video import outputs_of

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
