"""The worker of `image-processing` jobs."""

import fnmatch
from pathlib import PurePosixPath
from typing import Any, NoReturn

from image_input import ImageInput
from image_settings import ImageSettings, image_settings
from stoker import (
    InputForbidden,
    InputTooLarge,
    JobContext,
    JobOutput,
    OutputFile,
    OutputWarning,
    TruncatedMedia,
    UnsupportedMedia,
    run_confined,
)

MAX_BYTES = 50 * 1024**2
"""The largest source, in bytes, as in `main.py`. `/tmp` is the worker's memory."""

MEMORY_BYTES = 1536 * 1024**2
"""The memory of the process that reads the picture, in bytes. It must fit into the function's `memory_mb` beside the
worker itself, which takes 200 MB, and the files."""

FILE_BYTES = 192 * 1024**2
"""The largest file that may be made, in bytes."""

SECONDS = 600
"""The longest time for one picture, in seconds. Source: measured with the most and the largest files; see README.md."""

DOWNLOADED, CONVERTED = 10.0, 90.0
"""The progress of the job at the end of its first two stages, in percent."""

MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "tiff": "image/tiff",
}

ENDINGS = ("jpg", "jpeg", "jfif", "png", "webp", "avif", "gif", "tif", "tiff", "heic", "heif")
"""The endings that a file's name loses if a file of another format is made of it."""

NAME_BYTES = 200
"""The most bytes of a file's name that its outputs repeat. A whole object name has 1,024 bytes at most."""

WARNINGS = {
    "animation": ("app-animation-dropped", "The picture is animated. The files show its first frame alone."),
    "pages": ("app-pages-dropped", "The picture has several pages. The files show its first page alone."),
    "transparency": ("app-transparency-dropped", "JPEG has no transparency, so those files are white there."),
    "colours": ("colours-guessed", "The colour profile of the picture can't be read. Its colours may look different."),
}
"""The code and the sentence for each note of `image_child`."""


def process_image(context: JobContext, image: ImageInput) -> JobOutput:
    """Make the sizes and formats of a picture.

    Args:
        context: The attempt.
        image: The input of the job.

    Raises:
        PermanentError: The picture is missing, not the owner's, too large, cut off, or no picture.
        TransientError: The download broke off, or the process that reads the picture was killed.
        Interrupted: As `JobContext.check`.
    """
    settings = image_settings()
    check_folder(image.source, context.user_id, settings)
    context.report(0, "downloading")
    source = context.download(
        image.source, "source", MAX_BYTES, lambda share: context.report(DOWNLOADED * share, "downloading")
    )
    # A child that is fast reports no share, and the stage must be seen all the same.
    context.report(DOWNLOADED, "converting")
    made = run_confined(
        "image_child:convert",
        _request(source.name, image, settings),
        name=image.source,
        folder=context.workspace,
        on_share=lambda share: context.report(DOWNLOADED + (CONVERTED - DOWNLOADED) * share, "converting"),
        seconds=SECONDS,
        memory_bytes=MEMORY_BYTES,
        file_bytes=FILE_BYTES,
    )
    if "refused" in made:
        _refuse(image.source, made["refused"], made["why"])
    files: dict[str, OutputFile] = {}
    for number, one in enumerate(made["files"]):
        context.report(CONVERTED + (100 - CONVERTED) * number / len(made["files"]), "uploading")
        name = output_name(image.source, one["size"], one["format"], original=one["original"], folder=settings.folder)
        # `original` and `jpeg` may be one file.
        if name not in files:
            files[name] = _upload(context, name, one, settings)
    warnings = [OutputWarning(code=WARNINGS[note][0], message=WARNINGS[note][1]) for note in made["warnings"]]
    media = {"format": made["format"], "width": made["width"], "height": made["height"]}
    return JobOutput(files=list(files.values()), media=media, warnings=warnings or None)


def output_name(source: str, size: str, made: str, *, original: bool, folder: str) -> str:
    """Return the name of an output, as the extension Resize Images would name it.

    Args:
        source: The name of the source.
        size: The box, such as `200x200`.
        made: The format of the output.
        original: Whether the output has the format of the source, so that it keeps the ending.
        folder: The folder of the outputs; empty for none.

    Example:
        >>> output_name("user-uploads/ada/cat.JPG", "200x200", "webp", original=False, folder="thumbs")
        'thumbs/cat_200x200.webp'
        >>> output_name("user-uploads/ada/cat.JPG", "200x200", "jpeg", original=True, folder="")
        'cat_200x200.JPG'
    """
    path = PurePosixPath(source)
    ending = path.suffix[1:]
    if ending.lower() not in ENDINGS:
        stem, ending = path.name, ""
    else:
        stem, ending = path.stem, f".{ending}"
    if ending and (not original or ending.lower() in (".heic", ".heif")):
        ending = f".{made}"
    stem = stem.encode()[:NAME_BYTES].decode(errors="ignore")
    name = f"{stem}_{size}{ending}"
    if not ending and not original:
        name += f".{made}"  # Otherwise two formats would have one name.
    return f"{folder}/{name}" if folder else name


def check_folder(source: str, user_id: str, settings: ImageSettings) -> None:
    """Refuse a source in a folder that `images.toml` leaves out.

    Args:
        source: The name of the source.
        user_id: The owner.
        settings: The settings.

    Raises:
        InputForbidden: The folder is left out.
    """
    folder = "/" + str(PurePosixPath(source.removeprefix(f"user-uploads/{user_id}/")).parent).removeprefix(".")

    def within(pattern: str) -> bool:
        return fnmatch.fnmatchcase(folder, pattern) or fnmatch.fnmatchcase(folder, f"{pattern}/*")

    if settings.include and not any(map(within, settings.include)):
        raise InputForbidden(f"No picture in {folder!r} is taken. Put it into one of {', '.join(settings.include)}.")
    if any(map(within, settings.exclude)):
        raise InputForbidden(f"No picture in {folder!r} is taken. Put it into another folder.")


def _request(source: str, image: ImageInput, settings: ImageSettings) -> dict[str, Any]:
    asked = dict.fromkeys(("jpeg", "webp", "avif"), image.quality) if image.quality else {}
    return {
        "source": source,
        "sizes": image.sizes or settings.sizes,
        "formats": image.formats or settings.formats,
        "quality": {**settings.quality, **asked},
        "keep_metadata": image.keep_metadata,
    }


def _upload(context: JobContext, name: str, one: dict[str, Any], settings: ImageSettings) -> OutputFile:
    file = context.workspace / one["file"]
    # The child has read a file of a user, so its answer may be a lie.
    if file.parent != context.workspace or file.is_symlink() or not file.is_file():
        raise UnsupportedMedia(f"The picture {name!r} can't be read: the decoder gave a wrong answer.")
    media_type, size = MEDIA_TYPES[one["format"]], file.stat().st_size
    path, sha256 = context.outputs.upload(
        file, media_type, context.check, name=name, cache_control=settings.cache_control
    )
    file.unlink()  # `/tmp` is the worker's memory.
    return OutputFile(
        kind=one["size"],
        path=path,
        content_type=media_type,
        bytes=size,
        sha256=sha256,
        width=one["width"],
        height=one["height"],
    )


def _refuse(source: str, kind: str, why: str) -> NoReturn:
    match kind:
        case "too-large":
            raise InputTooLarge(f"The picture {source!r} can't be used: {why}. Upload a smaller one.")
        case "not-made":
            raise InputTooLarge(f"The picture {source!r} is too large: {why}. Ask for a smaller size, or for JPEG.")
        case "truncated":
            raise TruncatedMedia(f"The picture {source!r} is cut off: {why}. Upload it again, whole.")
        case _:
            raise UnsupportedMedia(
                f"The picture {source!r} can't be used: {why}. Save it as JPEG or PNG and upload it."
            )
