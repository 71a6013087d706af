"""The input of an `image-processing` job."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stoker import Model, SourcePath

ImageFormat = Literal["original", "jpeg", "png", "webp", "avif", "gif", "tiff"]
"""`original` is the format of the source. For HEIC it is JPEG, because browsers show no HEIC."""

BoxSize = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$", max_length=9)]
"""The width and the height of a box in pixels, such as `200x200`. The picture is made to fit into the box."""


class ImageInput(Model):
    """The input of an `image-processing` job: a picture, and the sizes and formats in which it is wanted.

    The job makes one file for each size and format. What is left out is taken from `images.toml`.

    Attributes:
        source: The name of the picture in Cloud Storage: a JPEG, PNG, WebP, AVIF, HEIC, GIF or TIFF file.
        sizes: The boxes into which the picture must fit, such as `200x200`. A picture is never enlarged.
        formats: The formats of the files. `original` is the format of the source; for HEIC it is JPEG.
        quality: The quality of JPEG, WebP and AVIF files, from 1 to 100.
        keep_metadata: True if the files keep the EXIF data of the source, such as the place where a photo was taken.

    Example:
        >>> ImageInput.from_firestore({"source": "user-uploads/ada/cat.heic", "sizes": ["200x200"]}).keep_metadata
        False
    """

    source: SourcePath
    sizes: Annotated[list[BoxSize], Field(min_length=1, max_length=10)] | None = None
    formats: Annotated[list[ImageFormat], Field(min_length=1, max_length=7)] | None = None
    quality: Annotated[int, Field(ge=1, le=100)] | None = None
    keep_metadata: bool = False
