"""Films of flat patches whose colours are known, made without ffmpeg's own conversions, and what became of them."""

import subprocess
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from browser import evaluated

Colour = tuple[int, int, int]
Floats = NDArray[np.float64]

VIVID: tuple[Colour, ...] = (
    (191, 0, 0),
    (0, 191, 0),
    (0, 0, 191),
    (255, 255, 255),
    (0, 0, 0),
    (128, 128, 128),
    (255, 128, 0),
)
SOFT: tuple[Colour, ...] = (
    (203, 55, 82),
    (68, 150, 122),
    (100, 102, 131),
    (234, 234, 234),
    (28, 28, 28),
    (99, 99, 99),
    (196, 132, 133),
)
"""Colours whose blue is near to their brightness. BT.601 and BT.709 have them nearly exactly in 8 bits.

If the matrix is BT.709's, Chromium's canvas (libyuv) shows vivid colours with a blue that is off by up to 12, because
its factor does not fit a byte. Source: `kYuvH709Constants` in
https://chromium.googlesource.com/libyuv/libyuv/+/refs/heads/main/source/row_common.cc"""

PATCHES = (VIVID, SOFT)
"""The rows of a frame."""


def colour_science() -> ModuleType:
    """The oracle."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so where parts that only plots need are not installed
        import colour
    return colour


WEIGHTS = {1: "ITU-R BT.709", 5: "ITU-R BT.601", 6: "ITU-R BT.601", 7: "SMPTE-240M", 9: "ITU-R BT.2020"}
"""colour-science's names of the matrices of ITU-T H.273."""

SPACES = {9: "ITU-R BT.2020", 12: "P3-D65"}
"""The names in colour-science of the primaries of ITU-T H.273 that are not treated as BT.709's."""


@dataclass(frozen=True)
class Source:
    """A film of patches.

    Attributes:
        name: The name of its file.
        codec: ffmpeg's options for it.
        pixels: The pixel format, such as `yuv420p10le`, or `rgb24` for RGB.
        matrix: The matrix of its pixels, as a number of ITU-T H.273.
        tags: The tags of the file: primaries, transfer and matrix; None if the file has no tags.
        primaries: The primaries for which its patches are made.
        full: True if its black is 0.
        size: The width and the height.
        rows: The colours of its patches, in BT.709.
    """

    name: str
    codec: tuple[str, ...]
    pixels: str = "yuv420p"
    matrix: int = 1
    tags: tuple[int, int, int] | None = None
    primaries: int = 1
    full: bool = False
    size: tuple[int, int] = (280, 180)
    rows: tuple[tuple[Colour, ...], ...] = PATCHES

    def write(self, folder: Path) -> Path:
        """Makes the file."""
        width, height = self.size
        file = folder / self.name
        parameters = f"range={'pc' if self.full else 'tv'}"
        if self.tags:
            parameters += ":color_primaries={}:color_trc={}:colorspace={}".format(*self.tags)
        given = ("-f", "rawvideo", "-pix_fmt", self.pixels, "-s", f"{width}x{height}", "-r", "5", "-i", "-")
        tagged = () if self.pixels == "rgb24" else ("-vf", f"setparams={parameters}")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *given, *tagged, *self.codec, str(file)]
        subprocess.run(command, input=self._frame() * 6, check=True)
        return file

    def _frame(self) -> bytes:
        width, height = self.size
        picture = np.zeros((height, width, 3))
        for row, colours in enumerate(self.rows):
            for column, colour in enumerate(colours):
                lines = slice(row * height // 2, (row + 1) * height // 2)
                picture[lines, column * width // 7 : (column + 1) * width // 7] = self._encoded(colour)
        if self.pixels == "rgb24":
            return np.rint(picture * 255).astype(np.uint8).tobytes()
        return self._yuv(picture)

    def _encoded(self, colour: Colour) -> Floats:
        """The R'G'B' of the source that looks like a colour of BT.709."""
        rgb: Floats = np.array(colour) / 255
        if self.primaries not in SPACES:
            return rgb
        science = colour_science()
        matrix = science.matrix_RGB_to_RGB("ITU-R BT.709", SPACES[self.primaries], None)
        light = matrix @ science.models.oetf_inverse_BT709(rgb)
        encoded: Floats = science.models.oetf_BT709(np.clip(light, 0, 1))  # BT.2020 has the curve of BT.709
        return encoded

    def _yuv(self, picture: Floats) -> bytes:
        science = colour_science()
        bits = 10 if "10" in self.pixels else 8
        options = {"in_bits": bits, "in_int": False, "out_bits": bits, "out_int": True, "out_legal": not self.full}
        weights = science.WEIGHTS_YCBCR[WEIGHTS[self.matrix]]
        planes = science.RGB_to_YCbCr(picture, K=weights, in_legal=False, clamp_int=True, **options)
        step = {"420": (2, 2), "422": (1, 2), "444": (1, 1)}[self.pixels.removeprefix("yuvj").removeprefix("yuv")[:3]]
        kind = np.uint8 if bits == 8 else np.dtype("<u2")
        luma, *chroma = (planes[..., place].astype(kind) for place in range(3))
        return b"".join([luma.tobytes(), *(plane[:: step[0], :: step[1]].tobytes() for plane in chroma)])


def still(file: Path, box: tuple[int, int] | None = None) -> list[list[Colour]]:
    """The patches of a picture, as Pillow reads them.

    Args:
        file: The picture.
        box: The size of the part at its top left that holds the frame; all of it where not given.
    """
    with Image.open(file) as opened:
        picture = np.asarray(opened.convert("RGB"))
    width, height = box or (picture.shape[1], picture.shape[0])
    rows = [(2 * row + 1) * height // 4 for row in range(2)]
    columns = [(2 * column + 1) * width // 14 for column in range(7)]
    return [[_triple(picture[y, x]) for x in columns] for y in rows]


def _triple(pixel: Sequence[Any]) -> Colour:
    red, green, blue = (int(value) for value in pixel[:3])
    return red, green, blue


READ = """async (names) => {
  const found = {};
  for (const name of names) {
    const video = document.createElement('video');
    video.muted = true;
    video.src = name;
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(new Error(`${name}: ${video.error.message}`));
    });
    await new Promise((resolve) => { video.onseeked = resolve; video.currentTime = 0.5; });
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const pixel = (x, y) => [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data];
    do {  // a frame that is not there yet leaves the canvas transparent
      await new Promise((resolve) => requestAnimationFrame(resolve));
      context.drawImage(video, 0, 0);
    } while (pixel(0, 0)[3] === 0);
    const columns = [...Array(7).keys()].map((column) => (2 * column + 1) * canvas.width / 14);
    const rows = [1, 3].map((part) => part * canvas.height / 4);
    const frame = new VideoFrame(video);
    const bytes = new Uint8Array(frame.allocationSize());
    const planes = await frame.copyTo(bytes);
    const sample = (x, y, plane) => bytes[
      planes[plane].offset + Math.floor(y / (plane ? 2 : 1)) * planes[plane].stride + Math.floor(x / (plane ? 2 : 1))
    ];
    found[name] = {
      canvas: rows.map((y) => columns.map((x) => pixel(x, y).slice(0, 3))),
      format: frame.format,
      space: frame.colorSpace.toJSON(),
      planes: rows.map((y) => columns.map((x) => [0, 1, 2].map((plane) => sample(x, y, plane)))),
    };
    frame.close();
    video.removeAttribute('src');
    video.load();
  }
  return found;
}"""


@dataclass(frozen=True)
class Film:
    """The patches of a film in Chromium.

    Attributes:
        canvas: As its canvas shows them.
        exact: As its decoder gives them, with the matrix that it names.
    """

    canvas: list[list[Colour]]
    exact: list[list[Colour]]


def films(folder: Path, names: Sequence[str]) -> dict[str, Film]:
    """The patches of films in Chromium.

    Args:
        folder: Where they lie, in folders.
        names: Their paths in it.
    """
    (folder / "index.html").write_text("<!doctype html>")
    shown: dict[str, dict[str, Any]] = evaluated(folder, "index.html", f"({READ})({list(names)!r})")
    return {name: Film(film["canvas"], _exact(film)) for name, film in shown.items()}


def _exact(film: dict[str, Any]) -> list[list[Colour]]:
    assert film["format"] == "I420"
    assert not film["space"]["fullRange"]
    science = colour_science()
    weights = science.WEIGHTS_YCBCR[{"bt709": WEIGHTS[1], "smpte170m": WEIGHTS[6]}[film["space"]["matrix"]]]
    rgb = science.YCbCr_to_RGB(np.array(film["planes"]) / 1.0, weights, in_int=True, out_legal=False)
    return [[_triple(np.rint(np.clip(pixel, 0, 1) * 255)) for pixel in row] for row in rgb]


def off(shown: Sequence[Any], expected: Sequence[Any]) -> int:
    """The largest difference in any part of any colour, of 255, between two arrays of colours."""
    return int(np.abs(np.array(shown) - np.array(expected)).max())
