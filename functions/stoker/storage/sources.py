"""The source of a job: a file that the job's owner may read."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from google.api_core import exceptions
from google.cloud.storage import Blob

from stoker import config
from stoker.errors import InputEmpty, InputForbidden, InputNotFound, InputTooLarge, Unavailable
from stoker.storage.client import bucket

CHUNK_BYTES = 8 * 1024**2
"""The size of one part of a download, in bytes. After each part, progress is reported, and a cancelled job stops."""


def check_owner(path: str, user_id: str) -> None:
    """Check that a user may read an object. This is needed because the worker itself may read all objects.

    Args:
        path: The object's name, as the client has written it.
        user_id: The job's owner.

    Raises:
        InputForbidden: The object is not in a folder that the owner may read.

    Example:
        >>> check_owner("user-uploads/ada/cat.mov", "ada")
        >>> check_owner("user-uploads/ada/../bob/cat.mov", "ada")
        Traceback (most recent call last):
        ...
        stoker.errors.InputForbidden: You may not use 'user-uploads/ada/../bob/cat.mov'. Name a file under ...
    """
    folders = (f"user-uploads/{user_id}/", f"job-outputs/{user_id}/", "public/")
    # Cloud Storage takes dots in an object's name as they are, but a proxy or an emulator may resolve them as folders.
    plain = path.isprintable() and not {"", ".", ".."} & set(path.split("/"))
    if not plain or not path.startswith(folders):
        raise InputForbidden(f"You may not use {path!r}. Name a file under {', '.join(folders)}.")


class Source:
    """A file that is read by ranges, because it may be larger than the worker's memory.

    Args:
        blob: The object, with its metadata.

    Attributes:
        path: The object's name.
        size: The object's size, in bytes.
        content_type: The media type with which the object was uploaded.
        generation: The object's generation. It changes if the object is replaced by another object of the same name.
    """

    def __init__(self, blob: Blob) -> None:
        self.path = str(blob.name)
        self.size = int(blob.size)
        self.content_type = str(blob.content_type or "")
        self.generation = str(blob.generation)
        self._blob = blob

    def read(self, offset: int, length: int) -> bytes:
        """Read a range of the stored bytes.

        Args:
            offset: The first byte of the range, from 0.
            length: The number of bytes. At the end of the file, fewer are returned.

        Raises:
            InputNotFound: The object was deleted or replaced.
            Unavailable: The download broke off.
        """
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        try:
            content = self._blob.download_as_bytes(start=offset, end=offset + length - 1, raw_download=True)
        except exceptions.NotFound:
            raise replaced(self.path) from None
        if len(content) != length:
            raise _broke_off()
        return bytes(content)


def open_source(path: str, user_id: str, most: int | None = None) -> Source:
    """Open a source of a job's owner.

    Args:
        path: The object's name in the default bucket.
        user_id: The job's owner.
        most: The most bytes that the object may have; `config.MAX_SOURCE_BYTES` if it is left out.

    Raises:
        InputForbidden: The owner may not read the object.
        InputNotFound: There is no such object.
        InputEmpty: The object has zero bytes.
        InputTooLarge: The object has more than `most` bytes.
    """
    return Source(_find(path, user_id, config.MAX_SOURCE_BYTES if most is None else most))


def replaced(path: str) -> InputNotFound:
    """Return the error for a file that was deleted or replaced while a job read it."""
    return InputNotFound(
        f"The file {path!r} was deleted or replaced while the job read it. Write a new job for the new file."
    )


def download(
    path: str,
    user_id: str,
    into: Path,
    on_bytes: Callable[[int, int], None],
    most: int,
) -> int:
    """Copy a source of a job's owner to a file.

    Args:
        path: The object's name in the default bucket.
        user_id: The job's owner.
        into: The file to write.
        on_bytes: A function that is called after each part, with the number of bytes that have arrived and the size of
            the object. An error that it raises ends the download.
        most: The most bytes that the object may have.

    Returns:
        The object's generation. It changes if the object is replaced by another object of the same name.

    Raises:
        InputForbidden, InputNotFound, InputEmpty, InputTooLarge: As `open_source`.
        Unavailable: The download broke off.
    """
    blob = _find(path, user_id, most)
    try:
        # The download is raw: a user may mark an object as gzip, and a small one could unpack to more than the memory.
        with into.open("wb") as file, blob.open("rb", chunk_size=CHUNK_BYTES, raw_download=True) as source:
            _copy(source, file, int(blob.size), on_bytes)
    except exceptions.NotFound:
        raise replaced(path) from None
    return int(blob.generation or 0)


def _find(path: str, user_id: str, most: int) -> Blob:
    check_owner(path, user_id)
    found = bucket().get_blob(path)
    if found is None:
        raise InputNotFound(f"There is no file {path!r}. Upload it, and then write the job.")
    size = int(found.size or 0)
    if size == 0:
        raise InputEmpty(f"The file {path!r} is empty. Upload it again.")
    if size > most:
        raise InputTooLarge(
            f"The file {path!r} has {size / 1024**2:.1f} MiB; the limit is {most // 1024**2} MiB. Upload a smaller one."
        )
    return found


def _copy(source: BinaryIO, file: BinaryIO, size: int, on_bytes: Callable[[int, int], None]) -> None:
    arrived = 0
    # The size ends the loop, and not an empty read: beyond the end, the emulator answers with the whole file again.
    while arrived < size:
        chunk = source.read(min(CHUNK_BYTES, size - arrived))
        if not chunk:
            raise _broke_off()
        file.write(chunk)
        arrived += len(chunk)
        on_bytes(arrived, size)


def _broke_off() -> Unavailable:
    return Unavailable("The download of the source was incomplete.")
