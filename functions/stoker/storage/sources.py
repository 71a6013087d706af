"""What a job reads: a file of its owner's."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from google.api_core import exceptions
from google.cloud.storage import Blob

from stoker import config
from stoker.errors import InputEmpty, InputForbidden, InputNotFound, InputTooLarge, Unavailable
from stoker.storage.client import bucket

CHUNK_BYTES = 8 * 1024**2
"""One read of a download, so that progress is told and a cancelled job stops in between."""


def check_owner(path: str, user_id: str) -> None:
    """Keeps one user out of another's files: the worker itself may read them all.

    Args:
        path: The object's name, as the client wrote it.
        user_id: The job's owner.

    Raises:
        InputForbidden: The object is not under one of the folders that the owner may read.

    Example:
        >>> check_owner("user-uploads/ada/cat.mov", "ada")
        >>> check_owner("user-uploads/ada/../bob/cat.mov", "ada")
        Traceback (most recent call last):
        ...
        stoker.errors.InputForbidden: You may not use 'user-uploads/ada/../bob/cat.mov'. Name a file under ...
    """
    folders = (f"user-uploads/{user_id}/", f"job-outputs/{user_id}/", "public/")
    # Object names are flat, but what stands between us and the object (a proxy, an emulator) may resolve dots.
    plain = path.isprintable() and not {"", ".", ".."} & set(path.split("/"))
    if not plain or not path.startswith(folders):
        raise InputForbidden(f"You may not use {path!r}. Name a file under {', '.join(folders)}.")


class Source:
    """A file that is read piece by piece: it may be larger than the worker's memory.

    Args:
        blob: The object, as it was found.

    Attributes:
        path: The object's name.
        size: Bytes.
        content_type: The media type that it was uploaded with.
        generation: Which of the objects that had this name it is.
    """

    def __init__(self, blob: Blob) -> None:
        self.path = str(blob.name)
        self.size = int(blob.size)
        self.content_type = str(blob.content_type or "")
        self.generation = str(blob.generation)
        self._blob = blob

    def read(self, offset: int, length: int) -> bytes:
        """Reads bytes as they are stored; fewer at the end of the file.

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
    """Finds a source of a job's owner.

    Args:
        path: The object's name in the default bucket.
        user_id: The job's owner.
        most: The most bytes that it may have; `config.MAX_SOURCE_BYTES` if it is left out.

    Raises:
        InputForbidden: The object is not the owner's.
        InputNotFound: There is no such object.
        InputEmpty: The object holds nothing.
        InputTooLarge: The object is larger than that.
    """
    return Source(_find(path, user_id, config.MAX_SOURCE_BYTES if most is None else most))


def replaced(path: str) -> InputNotFound:
    """The file that a job reads is not there any more, or not the same."""
    return InputNotFound(f"The file {path!r} was deleted or replaced while the job read it.")


def download(
    path: str,
    user_id: str,
    into: Path,
    on_bytes: Callable[[int, int], None],
    most: int,
) -> int:
    """Copies a source of a job's owner to a file.

    Args:
        path: The object's name in the default bucket.
        user_id: The job's owner.
        into: The file to write.
        on_bytes: Called with the bytes that have arrived and the bytes there are; what it raises ends the download.
        most: The most bytes that it may have.

    Returns:
        The object's generation: another one is another file, under the same name.

    Raises:
        InputForbidden, InputNotFound, InputEmpty, InputTooLarge: As `open_source`.
        Unavailable: The download broke off.
    """
    blob = _find(path, user_id, most)
    try:
        # Raw: a user may mark an object as gzip, and a small one would unpack to more memory than there is.
        with into.open("wb") as file, blob.open("rb", chunk_size=CHUNK_BYTES, raw_download=True) as source:
            _copy(source, file, int(blob.size), on_bytes)
    except exceptions.NotFound:
        raise replaced(path) from None
    return int(blob.generation or 0)


def _find(path: str, user_id: str, most: int) -> Blob:
    check_owner(path, user_id)
    found = bucket().get_blob(path)
    if found is None:
        raise InputNotFound(f"There is no file {path!r}. Upload it before the job is written.")
    size = int(found.size or 0)
    if size == 0:
        raise InputEmpty(f"The file {path!r} is empty. Upload it again.")
    if size > most:
        raise InputTooLarge(f"The file {path!r} has {size / 1024**2:.1f} MiB; the limit is {most // 1024**2} MiB.")
    return found


def _copy(source: BinaryIO, file: BinaryIO, size: int, on_bytes: Callable[[int, int], None]) -> None:
    arrived = 0
    # Not until a read gives nothing: beyond the end, the emulator answers with the whole file again.
    while arrived < size:
        chunk = source.read(min(CHUNK_BYTES, size - arrived))
        if not chunk:
            raise _broke_off()
        file.write(chunk)
        arrived += len(chunk)
        on_bytes(arrived, size)


def _broke_off() -> Unavailable:
    return Unavailable("The download of the job's file broke off.")
