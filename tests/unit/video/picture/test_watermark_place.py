"""The place, the size and the opacity of a watermark."""

from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from unit.video.films import black, made_picture, outputs_of


@pytest.mark.parametrize(
    ("position", "place"),
    [("top-left", (20, 20)), ("top-right", (299, 20)), ("bottom-right", (299, 159)), ("center", (160, 90))],
)
def test_a_watermark_lies_where_it_should(
    ffmpeg: Ffmpeg, tmp_path: Path, position: str, place: tuple[int, int]
) -> None:
    mark = ffmpeg("mark.png", "-f", "lavfi", "-i", "color=white:size=900x900", "-frames:v", "1", "-update", "1")
    mark.rename(tmp_path / "watermark")
    watermark = {"source": "public/mark.png", "position": position, "opacity": 0.5}
    _, poster = outputs_of(black(ffmpeg), watermark=watermark)
    width, _, grey = made_picture(tmp_path / poster.file.name)
    assert grey[place[1] * width + place[0]] == pytest.approx(16 + 219 / 2, abs=4)
    assert sum(level > 60 for level in grey) == pytest.approx(36 * 36, rel=0.1)  # a fifth of the height, both ways


def test_a_watermark_that_is_no_picture_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "watermark").write_text("#EXTM3U\n")
    with pytest.raises(UnsupportedMedia, match=r"public/mark\.png.*PNG"):
        outputs_of(black(ffmpeg), watermark={"source": "public/mark.png"})
