"""The settings of the example, in `images.toml` beside `main.py`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from image_input import BoxSize, ImageFormat
from stoker import Model


class ImageSettings(Model):
    """What a job does if its input does not say it. `stoker install --from-extensions` writes these settings.

    Attributes:
        sizes: The boxes into which the picture must fit.
        formats: The formats of the files.
        folder: The folder of the files within the job's folder. Empty for no folder.
        quality: The quality of each format, from 1 to 100.
        cache_control: The `Cache-Control` with which the files are served.
        include: The only folders below `user-uploads/{uid}` whose pictures are taken. Empty for all.
        exclude: The folders below `user-uploads/{uid}` whose pictures are refused.
    """

    sizes: Annotated[list[BoxSize], Field(min_length=1, max_length=10)] = ["200x200"]  # noqa: RUF012 - pydantic copies it
    formats: Annotated[list[ImageFormat], Field(min_length=1, max_length=7)] = ["original"]  # noqa: RUF012 - as above
    folder: Annotated[str, StringConstraints(pattern=r"^$|^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=200)] = ""
    quality: dict[ImageFormat, Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=dict)
    cache_control: str | None = None
    include: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)


FILE = Path(__file__).with_name("images.toml")


@cache
def image_settings(file: Path = FILE) -> ImageSettings:
    """Return the settings of a file; the defaults if the file does not exist.

    Args:
        file: The file.

    Raises:
        ValidationError: A value is wrong, or a name is unknown.
    """
    if not file.exists():
        return ImageSettings()
    # TOML names are those of Python: `cache_control`.
    return ImageSettings.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
