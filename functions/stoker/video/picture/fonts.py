"""The fonts of burnt-in captions. They come in Python packages, because Google's images may have no fonts.

Source of the tables: https://learn.microsoft.com/en-us/typography/opentype/spec/cmap.
"""

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Font:
    """A font for burnt-in captions.

    Attributes:
        style: The name of the font's style in a subtitles file.
        family: The name of the font for the renderer.
        size: The size in lines, of a picture of 360 lines, at which all fonts look equally large. Renderers measure it
            from the top of the tallest letter to the bottom of the deepest.
        package: The Python package that has the font.
        path: The path of the font's file within the package.
    """

    style: str
    family: str
    size: int
    package: str
    path: str

    @property
    def file(self) -> Path:
        """The path of the font's file."""
        found = importlib.util.find_spec(self.package)
        assert found is not None
        assert found.origin is not None
        return Path(found.origin).parent / self.path


FONTS = (
    Font("Default", "Source Sans Pro Semibold", 20, "font_source_sans_pro", "files/SourceSansPro-Semibold.ttf"),
    Font("East", "Noto Sans CJK JP", 23, "noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
)
"""A font for Latin, Greek and Cyrillic, and a font for Chinese, Japanese and Korean. The first is the default font."""


@cache
def characters(font: Font) -> frozenset[int]:
    """Return the code points for which a font has a glyph."""
    with font.file.open("rb") as file:
        _, tables = struct.unpack(">4sH6x", file.read(12))
        directory = file.read(16 * tables)
        places = {tag: (offset, size) for tag, offset, size in struct.iter_unpack(">4s4xII", directory)}
        offset, size = places[b"cmap"]
        file.seek(offset)
        cmap = file.read(size)
    (count,) = struct.unpack_from(">2xH", cmap)
    found: set[int] = set()
    for (start,) in struct.iter_unpack(">4xI", cmap[4 : 4 + 8 * count]):
        (form,) = struct.unpack_from(">H", cmap, start)
        if form == 12:
            for first, last in _groups(cmap, start):
                found.update(range(first, last + 1))
    return frozenset(found)


def _groups(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Iterate over the ranges of code points in a `cmap` subtable of format 12, segmented coverage."""
    (count,) = struct.unpack_from(">12xI", cmap, start)
    for first, last, _ in struct.iter_unpack(">III", cmap[start + 16 : start + 16 + 12 * count]):
        yield first, last
