"""What an attempt makes: objects under its own name, which count only once the job's final write names them."""

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
"""One part of an upload; a cancelled job stops in between. A multiple of 256 KiB, as Cloud Storage demands."""


@dataclass(frozen=True)
class EarlierOutput:
    """What an earlier attempt has uploaded, whole.

    Attributes:
        path: The object's name.
        bytes: Its size.
        sha256: Its checksum, in hexadecimal.
        facts: What the attempt found it to hold.
        parts: The objects beside it that it names.
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
        attempt: The attempt's own name: two attempts never write the same object.
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
    ) -> tuple[str, str]:
        """Uploads a file under its own name, checked by its CRC32C on arrival.

        Args:
            file: What to upload.
            content_type: Its media type.
            check: Called before each part; what it raises ends the upload.
            recipe: Names what the file was made of, and how: a later attempt that needs the same takes this one.
            facts: What that attempt would have to find out of the file again.
            parts: The names of the files that this one is nothing without, and that have been uploaded before.

        Returns:
            The object's name, and the SHA-256 of the file in hexadecimal.

        Raises:
            Unavailable: The object is not as large as the file.
        """
        sha256, crc32c = _checksums(file)
        # The Storage emulator takes the first part of an upload for the whole, and says that all is well.
        blob = bucket().blob(f"{self.folder}/{file.name}", chunk_size=None if config.emulated() else CHUNK_BYTES)
        blob.metadata = _told(sha256, crc32c, recipe, facts, parts)
        with _Checked(file, check) as content:
            size = file.stat().st_size
            blob.upload_from_file(content, size=size, content_type=content_type, checksum="crc32c")
        if blob.size != size:
            raise Unavailable("An output did not arrive whole.")
        return blob.name, sha256

    @contextmanager
    def open(self, name: str, content_type: str) -> Iterator["OutputStream"]:
        """Writes an object piece by piece; it is there once the context is left without an error.

        Args:
            name: The object's, under the attempt's folder.
            content_type: Its media type.

        Raises:
            Unavailable: The object is not as large as what was written.
        """
        # As above: in the emulator, one part must hold it all.
        blob = bucket().blob(f"{self.folder}/{name}", chunk_size=config.GIB if config.emulated() else CHUNK_BYTES)
        with blob.open("wb", content_type=content_type, ignore_flush=True) as target:
            stream = OutputStream(blob.name, target)
            yield stream
        blob.reload()
        if blob.size != stream.bytes:
            raise Unavailable("An output did not arrive whole.")

    def rest(self, name: str) -> AbstractContextManager["OutputStream"]:
        """Writes all but the start of a file, before that is known; `join` makes the file of both. As `open`."""
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
        """Makes one object of its start and of what `rest` has written, and reads it to see whether it is that.

        Args:
            name: The object's, under the attempt's folder.
            content_type: Its media type.
            first: Its start.
            rest: All that follows.
            check, recipe, facts, parts: As `upload`.

        Returns:
            The object's name, and its SHA-256 in hexadecimal.

        Raises:
            Unavailable: The object is not what was sent.
        """
        start, end, whole = (bucket().blob(f"{self.folder}/{name}{ending}") for ending in (".first", ".rest", ""))
        size = len(first) + rest.bytes
        if config.emulated():
            # It can neither compose nor patch, so the object is made anew, and read after that as in production.
            content = first + end.download_as_bytes(raw_download=True)
            sha256, crc32c = hashlib.sha256(content), google_crc32c.Checksum(content)
            whole.metadata = _told(sha256.hexdigest(), _written(crc32c), recipe, facts, parts)
            whole.upload_from_string(content, content_type)
        else:
            start.upload_from_string(first, checksum="crc32c")
            whole.content_type = content_type
            # Again and again, it makes the same; so it may be tried again.
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
            raise Unavailable("An output did not arrive whole.")
        if not config.emulated():
            whole.metadata = _told(sha256.hexdigest(), _written(crc32c), recipe, facts, parts)
            whole.patch()
        delete_objects([start.name, end.name])
        return whole.name, sha256.hexdigest()


def _told(
    sha256: str, crc32c: str, recipe: str, facts: Mapping[str, Any] | None, parts: Sequence[str]
) -> dict[str, str]:
    """What an object tells of itself to later attempts."""
    told = {"recipe": recipe, "facts": json.dumps(dict(facts or {})), "parts": json.dumps(list(parts))}
    return {"sha256": sha256, "crc32c": crc32c, **(told if recipe else {})}


def earlier_outputs(user_id: str, job_id: str) -> dict[str, EarlierOutput]:
    """What the attempts at a job have uploaded so far, by recipe. Objects whose checksum is not that of the file that
    was uploaded are left out, and so is an object of whose parts one is not there.

    Args:
        user_id: The job's owner.
        job_id: The job.
    """
    blobs = bucket().list_blobs(prefix=f"job-outputs/{user_id}/{job_id}/")
    whole = {blob.name: blob for blob in blobs if (blob.metadata or {}).get("crc32c") == blob.crc32c}
    found = {}
    for blob in whole.values():
        told = blob.metadata
        folder = blob.name.rpartition("/")[0]
        parts = [whole.get(f"{folder}/{name}") for name in json.loads(told.get("parts", "[]"))]
        if told.get("recipe") and None not in parts:
            main = _stored(blob)
            facts = json.loads(told.get("facts", "{}"))
            beside = tuple(_stored(part) for part in parts)
            found[told["recipe"]] = EarlierOutput(main.path, main.bytes, main.sha256, facts, beside)
    return found


def _stored(blob: Blob) -> StoredFile:
    return StoredFile(
        path=blob.name,
        content_type=blob.content_type,
        bytes=int(blob.size or 0),
        sha256=blob.metadata["sha256"],
    )


def list_objects(user_id: str, job_id: str) -> list[str]:
    """The names of all that the attempts at a job have uploaded."""
    found = bucket().list_blobs(prefix=f"job-outputs/{user_id}/{job_id}/", **patience())
    return [blob.name for blob in found]


def list_all_objects(after: str) -> Iterator[str]:
    """The names of all that any job has uploaded, sorted by their UTF-8: one call for a thousand of them.

    Args:
        after: Only the names behind this one.
    """
    for blob in bucket().list_blobs(prefix="job-outputs/", start_offset=after or None, **patience()):
        if blob.name > after:  # It begins with that one, and the Storage emulator with the first one of all.
            yield blob.name


def delete_objects(names: Collection[str]) -> None:
    """Deletes objects; one that is gone already is what was wanted."""
    bucket().delete_blobs(list(names), on_error=lambda blob: None, **patience())


class OutputStream(io.RawIOBase):
    """An object that is being written.

    Attributes:
        path: The object's name.
        bytes: How many were written.
    """

    def __init__(self, path: str, target: IO[bytes]) -> None:
        self.path = path
        self.bytes = 0
        self._target = target
        self._sha256 = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written, in hexadecimal."""
        return self._sha256.hexdigest()

    def writable(self) -> bool:
        """It is; it can't be read, and knows no position."""
        return True

    def write(self, content: Buffer, /) -> int:
        """Writes bytes."""
        chunk = bytes(content)
        self._target.write(chunk)
        self._sha256.update(chunk)
        self.bytes += len(chunk)
        return len(chunk)


class _Checked(io.FileIO):
    """A file that asks before each read whether the work may go on."""

    def __init__(self, file: Path, check: Callable[[], None]) -> None:
        super().__init__(file)
        self._check = check

    def read(self, size: int | None = -1, /) -> bytes:
        self._check()
        return super().read(-1 if size is None else size)


def _checksums(file: Path) -> tuple[str, str]:
    """The SHA-256 in hexadecimal, and the CRC32C as Cloud Storage writes it."""
    sha256, crc32c = hashlib.sha256(), google_crc32c.Checksum()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            sha256.update(chunk)
            crc32c.update(chunk)
    return sha256.hexdigest(), _written(crc32c)


def _written(crc32c: google_crc32c.Checksum) -> str:
    return base64.b64encode(crc32c.digest()).decode()
