"""The colours of a watermark on films of several colours."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unit.video.films import outputs_of
from unit.video.picture.codecs import H264, TEN, WITHIN
from unit.video.picture.patches import VIVID, Colour, off
from unit.video.picture.patches import Source as Film

RED: Colour = (220, 20, 60)
CENTRE = {"source": "public/mark", "position": "center"}

FILMS = {
    "BT.601": Film("a.mp4", H264, matrix=6, tags=(6, 6, 6)),
    "BT.709": Film("a.mp4", H264, tags=(1, 1, 1)),
    "BT.2020": Film("a.mp4", TEN, "yuv420p10le", 9, (9, 14, 9), 9),
    "full range": Film("a.mp4", H264, tags=(1, 1, 1), full=True),
    "RGB": Film("a.mov", ("-c:v", "qtrle"), "rgb24"),
}


def poster_at(folder: Path, place: tuple[int, int]) -> list[int]:
    """The colour of a poster at a place."""
    with Image.open(folder / "poster.jpg") as poster:
        return [int(value) for value in np.asarray(poster.convert("RGB"))[place[1], place[0]]]


def marked(film: Film, folder: Path, kind: str) -> list[int]:
    """The colour at the centre of a poster whose watermark lies there."""
    Image.new("RGB", (400, 400), RED).save(folder / "watermark", kind, quality=95)
    outputs_of(film.write(folder), {"kind": "poster"}, watermark=CENTRE)
    return poster_at(folder, (140, 90))


@pytest.mark.parametrize("name", FILMS)
def test_a_watermark_keeps_its_colour_on_any_film(tmp_path: Path, name: str) -> None:
    assert off([marked(FILMS[name], tmp_path, "png")], [RED]) <= WITHIN


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_a_watermark_of_any_format_keeps_its_colour(tmp_path: Path, kind: str) -> None:
    assert off([marked(FILMS["BT.709"], tmp_path, kind)], [RED]) <= WITHIN


def test_what_is_seen_through_a_watermark_is_a_mixture(tmp_path: Path) -> None:
    Image.new("RGBA", (400, 400), (*RED, 128)).save(tmp_path / "watermark", "png")
    outputs_of(FILMS["BT.709"].write(tmp_path), {"kind": "poster"}, watermark={**CENTRE, "opacity": 1})
    above = VIVID[3]
    mixture = [round((one + two) / 2) for one, two in zip(RED, above, strict=True)]
    assert off([poster_at(tmp_path, (138, 82))], [mixture]) <= WITHIN
