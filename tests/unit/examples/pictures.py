"""The pictures of the tests of `image-processing`."""

from io import BytesIO
from typing import Any

from PIL import Image

from twin.gate.bucket_gate import Bucket


def picture(width: int = 640, height: int = 480) -> Image.Image:
    """Return a picture with a red upper left quarter on blue."""
    made = Image.new("RGB", (width, height), "blue")
    made.paste("red", (0, 0, width // 2, height // 2))
    return made


def encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    """Return the bytes of a picture in a format of Pillow."""
    file = BytesIO()
    if name == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image.save(file, name, **options)
    return file.getvalue()


def shown(stored: Bucket, path: str) -> Image.Image:
    """Return the picture in an object."""
    made = Image.open(BytesIO(stored.objects[path].content))
    made.load()
    return made


def is_near(colour: object, wanted: tuple[int, ...], most: int = 40) -> bool:
    """Return whether a colour looks like another."""
    assert isinstance(colour, tuple)
    return all(abs(one - other) <= most for one, other in zip(colour, wanted, strict=False))
