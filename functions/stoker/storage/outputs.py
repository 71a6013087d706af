"""What an attempt makes: objects under its own name, which count only once the job's final write names them."""

import base64
import hashlib
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google_crc32c
from google.cloud.storage import Blob

from stoker.models.job import StoredFile
from stoker.storage.client import bucket

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
        self._uploaded: list[str] = []

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
        """
        sha256, crc32c = _checksums(file)
        blob = bucket().blob(f"{self.folder}/{file.name}", chunk_size=CHUNK_BYTES)
        told = {"recipe": recipe, "facts": json.dumps(dict(facts or {})), "parts": json.dumps(list(parts))}
        blob.metadata = {"sha256": sha256, "crc32c": crc32c, **(told if recipe else {})}
        self._uploaded.append(blob.name)
        with _Checked(file, check) as content:
            size = file.stat().st_size
            blob.upload_from_file(content, size=size, content_type=content_type, checksum="crc32c")
        return blob.name, sha256

    def discard(self, published: Collection[str] = ()) -> None:
        """Removes what was uploaded, because the attempt did not end as the job's result.

        Args:
            published: Objects that another attempt has made part of the result; these stay.
        """
        # An upload that failed half-way left no object: nothing to delete is no error.
        bucket().delete_blobs([name for name in self._uploaded if name not in published], on_error=lambda blob: None)
        self._uploaded.clear()


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


def remove_outputs(user_id: str, job_id: str, published: Collection[str] = ()) -> None:
    """Removes what attempts that died have left of a job that has ended.

    Args:
        user_id: The job's owner.
        job_id: The job.
        published: The objects that its final write named; these stay.
    """
    left = [
        blob for blob in bucket().list_blobs(prefix=f"job-outputs/{user_id}/{job_id}/") if blob.name not in published
    ]
    bucket().delete_blobs(left, on_error=lambda blob: None)


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
    return sha256.hexdigest(), base64.b64encode(crc32c.digest()).decode()
