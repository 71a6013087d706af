"""The functions of an app: Stoker's, and the app's own type of job."""

from typing import Any

from stoker import job
from stoker.functions import *  # noqa: F403 - `stoker.functions` lists the names of the functions.


@job(
    "image-processing",
    input="image_input:ImageInput",
    stages=("downloading", "converting", "uploading"),
    memory_mb=2048,
    cpu=1,
    at_once=10,
    uploads=tuple(f"image/{kind}" for kind in ("jpeg", "png", "webp", "avif", "heic", "heif", "gif", "tiff")),
    upload_endings=("jpg", "jpeg", "png", "webp", "avif", "heic", "heif", "gif", "tif", "tiff"),
    max_upload_bytes=50 * 1024**2,
)
def imageprocessing(context: Any, image: Any) -> Any:
    """Make thumbnails and conversions of a picture."""
    from image_worker import process_image

    return process_image(context, image)
