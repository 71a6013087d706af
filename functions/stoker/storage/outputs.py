"""What an attempt makes: objects under its own name, which count only once the job's final write names them."""

import hashlib
from pathlib import Path

from stoker.storage.client import bucket


class AttemptOutputs:
    """The objects of one attempt, under `job-outputs/{userId}/{jobId}/{attempt}/`.

    Args:
        user_id: The job's owner.
        job_id: The job.
        attempt: The attempt's number: two attempts never write the same object.
    """

    def __init__(self, user_id: str, job_id: str, attempt: int) -> None:
        self.folder = f"job-outputs/{user_id}/{job_id}/{attempt}"
        self._uploaded: list[str] = []

    def upload(self, file: Path, content_type: str) -> tuple[str, str]:
        """Uploads a file under its own name, checked by its CRC32C on arrival.

        Args:
            file: What to upload.
            content_type: Its media type.

        Returns:
            The object's name, and the SHA-256 of the file in hexadecimal.
        """
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        blob = bucket().blob(f"{self.folder}/{file.name}")
        blob.metadata = {"sha256": sha256}
        self._uploaded.append(blob.name)
        blob.upload_from_filename(str(file), content_type=content_type, checksum="crc32c")
        return blob.name, sha256

    def discard(self) -> None:
        """Removes what was uploaded, because the attempt did not end as the job's result."""
        # An upload that failed half-way left no object: nothing to delete is no error.
        bucket().delete_blobs(self._uploaded, on_error=lambda blob: None)
        self._uploaded.clear()
