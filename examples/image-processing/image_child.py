"""The part of the worker that reads a user's picture. It runs in a confined child process, without Stoker's code."""

import warnings
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

MAX_PIXELS = 51_000_000
"""The most pixels of a picture: what the cameras of phones make. In RGBA they take 204 MB; a turn and a change of the
colours need as much again each. Source: measured with the largest pictures of each format; see README.md."""

MAX_MADE_BYTES = 192 * 1024**2
"""The most bytes of all files together. They lie in `/tmp`, which is memory."""

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF")
"""Pillow's names of the formats that may be opened. Without this list, Pillow would open PostScript and others, too."""

WRITERS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
    "png": ("PNG", {"optimize": False}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "avif": ("AVIF", {"quality": 60, "speed": 8, "max_threads": 1}),
    "gif": ("GIF", {}),
    "tiff": ("TIFF", {"compression": "tiff_lzw"}),
}
"""Pillow's name of each format, and how a file of it is written."""

ORIGINALS = {
    "JPEG": "jpeg",
    "MPO": "jpeg",
    "PNG": "png",
    "WEBP": "webp",
    "AVIF": "avif",
    "HEIF": "jpeg",
    "GIF": "gif",
    "TIFF": "tiff",
}
"""The format of `original` for each format of a source."""

WITH_EXIF = ("jpeg", "png", "webp", "avif", "tiff")
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The turn that brings a picture of each EXIF orientation upright. From 5 on, width and height change places.
Source: CIPA DC-008 (Exif 3.0), tag 0x0112."""

ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")

Report = Callable[[float], None]


class Refused(Exception):
    """The picture can't be used.

    Args:
        kind: `unsupported`, `truncated`, `too-large` or `not-made`.
        why: The reason, as the end of a sentence.
    """

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind = kind


def convert(request: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Make the files of a request in the working folder.

    Args:
        request: `source` is the file; `sizes` and `formats` are as in the job's input; `quality` is a number for each
            format; `keep_metadata` is a switch.
        report: A function that takes the share of the work that is done.

    Returns:
        `files`, `warnings`, and the `format`, `width` and `height` of the source; or `refused` and `why`.
    """
    try:
        return _converted(request, report)
    except Refused as refused:
        return {"refused": refused.kind, "why": str(refused)}


def _converted(request: Mapping[str, Any], report: Report) -> dict[str, Any]:
    sizes = list(dict.fromkeys(request["sizes"]))
    boxes = {size: _box(size) for size in sizes}
    largest = max(max(box) for box in boxes.values())
    picture, exif, found = _opened(Path(request["source"]), largest)
    notes: set[str] = set(found.pop("notes"))
    formats = list(dict.fromkeys(request["formats"]))
    files: list[dict[str, Any]] = []
    room = MAX_MADE_BYTES
    for size, box in boxes.items():
        small = picture.copy()
        small.thumbnail(box, Image.Resampling.LANCZOS)  # It never enlarges.
        for wanted in formats:
            one = ORIGINALS[found["format"]] if wanted == "original" else wanted
            shown = small
            if one == "jpeg" and small.mode == "RGBA":
                shown = _on_white(small)
                if small.getchannel("A").getextrema() != (255, 255):
                    notes.add("transparency")
            name, options = WRITERS[one]
            options = {**options, **({"quality": request["quality"][one]} if one in request["quality"] else {})}
            if request["keep_metadata"] and one in WITH_EXIF and exif:
                options["exif"] = exif
                # libtiff takes no EXIF data from Pillow.
                options.pop("compression", None)
            file = f"{len(files)}.{one}"
            _save(shown, file, name, options)
            made = {"file": file, "size": size, "format": one, "original": wanted == "original"}
            files.append({**made, "width": shown.width, "height": shown.height})
            room -= Path(file).stat().st_size
            if room < 0:
                raise Refused("too-large", f"its files have more than {MAX_MADE_BYTES // 1024**2} MiB together")
            report(0.3 + 0.7 * len(files) / (len(boxes) * len(formats)))
    return {**found, "files": files, "warnings": sorted(notes)}


def _box(size: str) -> tuple[int, int]:
    width, height = map(int, size.split("x"))
    return width, height


def _opened(file: Path, largest: int) -> tuple[Image.Image, bytes, dict[str, Any]]:
    """Return the picture upright, in sRGB, without metadata; its EXIF data; and facts about the source.

    Args:
        file: The source.
        largest: The longest side that is needed, in pixels. A JPEG is decoded no larger than necessary.

    Raises:
        Refused: The picture can't be used.
    """
    Image.init()
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(file, formats=FORMATS) as source:
            return _upright(source, largest)
    except MemoryError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too-large", f"it has more than {MAX_PIXELS // 1_000_000} million pixels") from None
    except UnidentifiedImageError:
        raise Refused("unsupported", "it is no JPEG, PNG, WebP, AVIF, HEIC, GIF or TIFF picture") from None
    except Exception as error:
        # A damaged file makes decoders raise almost anything. The file is the reason, so no later attempt can help.
        if any(word in str(error).lower() for word in ("truncated", "unexpected end", "end of file", "eof")):
            raise Refused("truncated", "its end is missing") from None
        raise Refused("unsupported", "its data are damaged") from None


def _upright(source: Image.Image, largest: int) -> tuple[Image.Image, bytes, dict[str, Any]]:
    width, height = source.size
    if width * height > MAX_PIXELS:  # pillow-heif does not ask Pillow.
        raise Image.DecompressionBombError
    facts: dict[str, Any] = {"format": source.format, "notes": []}
    # The other pictures in a JPEG or a HEIC of a phone are previews and depth maps, which nobody misses.
    if source.format in (*ANIMATED, "TIFF") and getattr(source, "is_animated", False):
        facts["notes"].append("animation" if source.format in ANIMATED else "pages")
    source.draft("RGB", (2 * largest, 2 * largest))
    source.load()
    # Pillow turns a TIFF while it loads it, and takes the orientation away. libheif turns a HEIC.
    exif = source.getexif()
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    facts["width"], facts["height"] = (height, width) if orientation in range(5, 9) else (width, height)
    picture, guessed = _in_srgb(source, max(source.size) // (2 * largest))
    if guessed:
        facts["notes"].append("colours")
    if orientation in TURNS:
        picture = picture.transpose(TURNS[orientation])
    picture.info = {}  # Pillow writes profiles and comments from here into the files.
    exif.pop(ExifTags.Base.Orientation, None)
    return picture, (exif.tobytes() if len(exif) else b""), facts


def _in_srgb(source: Image.Image, factor: int) -> tuple[Image.Image, bool]:
    """Return the picture in RGB or RGBA with the colours of sRGB, and whether its colours had to be guessed.

    Args:
        source: The picture.
        factor: The factor by which the picture may be made smaller first, which saves time.
    """
    profile, guessed = source.info.get("icc_profile"), False
    if source.mode.startswith(("I", "F")):  # 16 bits for each pixel, of which Pillow would cut the upper half off.
        source = source.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        profile = None
    transparent = source.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in source.info
    mode = "RGBA" if transparent else "RGB"
    # A profile is for RGB, CMYK or grey pixels, never for a palette.
    if source.mode not in ("RGB", "RGBA", "CMYK", "L") or not profile:
        source = source.convert(mode)
    if factor > 1:
        source = source.reduce(factor)
    if not profile:
        return source, False
    alpha = source.getchannel("A") if source.mode == "RGBA" else None
    plain = source.convert("RGB") if alpha else source
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        made = ImageCms.profileToProfile(plain, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        made, guessed = plain.convert("RGB"), True
    assert made is not None
    if alpha:
        made.putalpha(alpha)
    return made, guessed


def _save(picture: Image.Image, file: str, name: str, options: Mapping[str, Any]) -> None:
    try:
        picture.save(file, name, **options)
    except (ValueError, RuntimeError, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # There is no room for the file.
            raise
        # Each format has a limit of its own. The first part of a WebP file has 512 KiB at most, which large pictures of
        # noise exceed, and the encoder of AVIF needs more memory than any other.
        raise Refused(
            "not-made", f"no {name} file of {picture.width} x {picture.height} pixels can be made of it ({error})"
        ) from None


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture without its transparency, which JPEG does not have."""
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white
