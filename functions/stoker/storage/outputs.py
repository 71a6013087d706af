"""The outputs of an attempt: objects in a folder of its own. Only the job's final write publishes them."""

import base64
import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import google_crc32c
from google.cloud.storage import Blob
from google.cloud.storage.retry import DEFAULT_RETRY
from typing_extensions import Buffer

from stoker import config
from stoker.errors import Unavailable
from stoker.models.job import StoredFile
from stoker.storage.client import bucket, patience

CHUNK_BYTES = 8 * 1024**2
"""The size of one part of an upload, in bytes. A cancelled job stops between two parts. Cloud Storage needs a multiple
of 256 KiB."""


@dataclass(frozen=True)
class EarlierOutput:
    """An object that an earlier attempt has uploaded completely.

    Attributes:
        path: The object's name.
        bytes: The object's size, in bytes.
        sha256: The object's SHA-256, in hexadecimal.
        facts: The facts about the object that the attempt has stored with it.
        parts: The objects beside it that it needs.
    """

    path: str
    bytes: int
    sha256: str
    facts: Mapping[str, Any]
    parts: tuple[StoredFile, ...] = ()


class AttemptOutputs:
    """The objects of one attempt, under `job-outputs/{userId}/{jobId}/{attempt}/`.

    Args:
        user_id: The job's owner.
        job_id: The job.
        attempt: The unique name of the attempt, so that two attempts never write the same object.
    """

    def __init__(self, user_id: str, job_id: str, attempt: str) -> None:
        self.folder = f"job-outputs/{user_id}/{job_id}/{attempt}"

    def upload(
        self,
        file: Path,
        content_type: str,
        check: Callable[[], None],
        recipe: str = "",
        facts: Mapping[str, Any] | None = None,
        parts: Sequence[str] = (),
        *,
        name: str = "",
        cache_control: str | None = None,
    ) -> tuple[str, str]:
        """Upload a file. Its CRC32C is checked on arrival.

        Args:
            file: The file.
            content_type: The file's media type.
            check: A function that is called before each part. An error that it raises ends the upload.
            recipe: A name for the way in which the file was made, from its source and its options. A later attempt that
                needs a file of the same recipe uses this object.
            facts: Facts about the file that the later attempt would otherwise have to find again.
            parts: The names of the files that this file needs. They must have been uploaded before.
            name: The object's name within the attempt's folder, such as `thumbs/cat.jpeg`. Without it, the object has
                the file's own name.
            cache_control: The `Cache-Control` with which the object is served.

        Returns:
            The object's name, and the file's SHA-256 in hexadecimal.

        Raises:
            Unavailable: The object has another size than the file.
        """
        sha256, crc32c = _checksums(file)
        # The Storage emulator takes the first part of an upload for the whole file, without an error.
        blob = bucket().blob(
            f"{self.folder}/{name or file.name}", chunk_size=None if config.emulated() else CHUNK_BYTES
        )
        blob.metadata = _metadata(sha256, crc32c, recipe, facts, parts)
        blob.cache_control = cache_control
        with _Checked(file, check) as content:
            size = file.stat().st_size
            blob.upload_from_file(content, size=size, content_type=content_type, checksum="crc32c")
        if blob.size != size:
            raise Unavailable("The upload of an output was incomplete.")
        return blob.name, sha256

    @contextmanager
    def open(self, name: str, content_type: str) -> Iterator["OutputStream"]:
        """Write an object piece by piece. The object exists after the block, if the block raises no error.

        Args:
            name: The object's name within the attempt's folder.
            content_type: The object's media type.

        Raises:
            Unavailable: The object has another size than the written bytes.
        """
        # As in `upload`: in the emulator, one part must hold the whole object.
        blob = bucket().blob(f"{self.folder}/{name}", chunk_size=config.GIB if config.emulated() else CHUNK_BYTES)
        with blob.open("wb", content_type=content_type, ignore_flush=True) as target:
            stream = OutputStream(blob.name, target)
            yield stream
        blob.reload()
        if blob.size != stream.bytes:
            raise Unavailable("The upload of an output was incomplete.")

    def rest(self, name: str) -> AbstractContextManager["OutputStream"]:
        """Write a file without its start, which is not known yet. `join` puts both together. See `open`."""
        return self.open(f"{name}.rest", "application/octet-stream")

    def join(
        self,
        name: str,
        content_type: str,
        first: bytes,
        rest: "OutputStream",
        check: Callable[[], None],
        recipe: str = "",
        facts: Mapping[str, Any] | None = None,
        parts: Sequence[str] = (),
    ) -> tuple[str, str]:
        """Join the start of a file and the stream of `rest` to one object, and read the object to check it.

        Args:
            name: The object's name within the attempt's folder.
            content_type: The object's media type.
            first: The start of the file.
            rest: The stream of the rest of the file.
            check, recipe, facts, parts: As in `upload`.

        Returns:
            The object's name, and its SHA-256 in hexadecimal.

        Raises:
            Unavailable: The object differs from the bytes that were sent.
        """
        start, end, whole = (bucket().blob(f"{self.folder}/{name}{ending}") for ending in (".first", ".rest", ""))
        size = len(first) + rest.bytes
        if config.emulated():
            # The emulator can neither compose nor patch objects. So the object is uploaded again, and then read as in
            # production.
            content = first + end.download_as_bytes(raw_download=True)
            sha256, crc32c = hashlib.sha256(content), google_crc32c.Checksum(content)
            whole.metadata = _metadata(sha256.hexdigest(), _base64(crc32c), recipe, facts, parts)
            whole.upload_from_string(content, content_type)
        else:
            start.upload_from_string(first, checksum="crc32c")
            whole.content_type = content_type
            # A second try makes the same object, so it may be tried again.
            whole.compose([start, end], retry=DEFAULT_RETRY)
        sha256, sha256_of_rest, crc32c = hashlib.sha256(), hashlib.sha256(), google_crc32c.Checksum()
        for at in range(0, size, CHUNK_BYTES):
            check()
            last = min(at + CHUNK_BYTES, size) - 1
            content = whole.download_as_bytes(start=at, end=last, raw_download=True, checksum=None)
            sha256.update(content)
            crc32c.update(content)
            sha256_of_rest.update(content[max(0, len(first) - at) :])
        whole.reload()
        if whole.size != size or sha256_of_rest.hexdigest() != rest.sha256:
            raise Unavailable("The upload of an output was incomplete.")
        if not config.emulated():
            whole.metadata = _metadata(sha256.hexdigest(), _base64(crc32c), recipe, facts, parts)
            whole.patch()
        delete_objects([start.name, end.name])
        return whole.name, sha256.hexdigest()


def _metadata(
    sha256: str, crc32c: str, recipe: str, facts: Mapping[str, Any] | None, parts: Sequence[str]
) -> dict[str, str]:
    """Return the metadata of an object, by which later attempts find and check it."""
    reusable = {"recipe": recipe, "facts": json.dumps(dict(facts or {})), "parts": json.dumps(list(parts))}
    return {"sha256": sha256, "crc32c": crc32c, **(reusable if recipe else {})}


def earlier_outputs(user_id: str, job_id: str) -> dict[str, EarlierOutput]:
    """Return the objects that the attempts at a job have uploaded so far, by recipe.

    An object is left out if its checksum differs from that of the uploaded file, or if one of its parts is missing.

    Args:
        user_id: The job's owner.
        job_id: The job.
    """
    blobs = bucket().list_blobs(prefix=f"job-outputs/{user_id}/{job_id}/")
    whole = {blob.name: blob for blob in blobs if (blob.metadata or {}).get("crc32c") == blob.crc32c}
    found = {}
    for blob in whole.values():
        metadata = blob.metadata
        folder = blob.name.rpartition("/")[0]
        parts = [whole.get(f"{folder}/{name}") for name in json.loads(metadata.get("parts", "[]"))]
        if metadata.get("recipe") and None not in parts:
            main = _stored(blob)
            facts = json.loads(metadata.get("facts", "{}"))
            beside = tuple(_stored(part) for part in parts)
            found[metadata["recipe"]] = EarlierOutput(main.path, main.bytes, main.sha256, facts, beside)
    return found


def _stored(blob: Blob) -> StoredFile:
    return StoredFile(
        path=blob.name,
        content_type=blob.content_type,
        bytes=int(blob.size or 0),
        sha256=blob.metadata["sha256"],
    )


def list_objects(user_id: str, job_id: str) -> list[str]:
    """Return the names of all objects that the attempts at a job have uploaded."""
    found = bucket().list_blobs(prefix=f"job-outputs/{user_id}/{job_id}/", **patience())
    return [blob.name for blob in found]


def list_all_objects(after: str) -> Iterator[str]:
    """Yield the names of the objects of all jobs, sorted by their UTF-8. This takes one call for each thousand objects.

    Args:
        after: The name behind which to begin; empty for all names.
    """
    for blob in bucket().list_blobs(prefix="job-outputs/", start_offset=after or None, **patience()):
        # The list begins with `after` itself, and the Storage emulator begins with the first object of all.
        if blob.name > after:
            yield blob.name


def delete_objects(names: Collection[str]) -> None:
    """Delete objects, if they exist."""
    bucket().delete_blobs(list(names), on_error=lambda blob: None, **patience())


class OutputStream(io.RawIOBase):
    """The stream of an object that is being written.

    Attributes:
        path: The object's name.
        bytes: The number of bytes that were written.
    """

    def __init__(self, path: str, target: IO[bytes]) -> None:
        self.path = path
        self.bytes = 0
        self._target = target
        self._sha256 = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the written bytes, in hexadecimal."""
        return self._sha256.hexdigest()

    def writable(self) -> bool:
        """Return True: the stream can be written. It can't be read, and has no position."""
        return True

    def write(self, content: Buffer, /) -> int:
        """Write bytes, and return their number."""
        chunk = bytes(content)
        self._target.write(chunk)
        self._sha256.update(chunk)
        self.bytes += len(chunk)
        return len(chunk)


class _Checked(io.FileIO):
    """A file that calls a function before each read, so that the work can be stopped."""

    def __init__(self, file: Path, check: Callable[[], None]) -> None:
        super().__init__(file)
        self._check = check

    def read(self, size: int | None = -1, /) -> bytes:
        self._check()
        return super().read(-1 if size is None else size)


def _checksums(file: Path) -> tuple[str, str]:
    """Return the SHA-256 of a file in hexadecimal, and its CRC32C in base64, as Cloud Storage has it."""
    sha256, crc32c = hashlib.sha256(), google_crc32c.Checksum()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            sha256.update(chunk)
            crc32c.update(chunk)
    return sha256.hexdigest(), _base64(crc32c)


def _base64(crc32c: google_crc32c.Checksum) -> str:
    """Return a checksum in base64, as Cloud Storage has it."""
    return base64.b64encode(crc32c.digest()).decode()
