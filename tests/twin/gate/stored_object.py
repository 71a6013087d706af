"""An object of a bucket in memory."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import google_crc32c

from twin.gate.http_calls import Answer, refused

HOST = "storage.googleapis.com"

SETTABLE = ("cacheControl", "contentType", "metadata")
"""The fields of an object that Stoker sets."""


@dataclass(frozen=True)
class StoredObject:
    """An object.

    Attributes:
        bucket: The name of its bucket.
        name: Its name.
        content: Its bytes.
        generation: It changes if the object is replaced.
        fields: The fields of `SETTABLE` that were set.
    """

    bucket: str
    name: str
    content: bytes
    generation: int
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def crc32c(self) -> str:
        """The checksum, in base64."""
        return base64.b64encode(google_crc32c.Checksum(self.content).digest()).decode()

    def resource(self) -> dict[str, Any]:
        """Return the object as the API describes it."""
        path = f"b/{self.bucket}/o/{quote(self.name, safe='')}"
        return {
            "kind": "storage#object",
            "name": self.name,
            "bucket": self.bucket,
            "generation": str(self.generation),
            "metageneration": "1",
            "size": str(len(self.content)),
            "crc32c": self.crc32c,
            "md5Hash": base64.b64encode(hashlib.md5(self.content, usedforsecurity=False).digest()).decode(),
            "mediaLink": f"https://{HOST}/download/storage/v1/{path}?generation={self.generation}&alt=media",
            **self.fields,
        }

    def media(self, wanted: str | None) -> Answer:
        """Return the bytes, or a range of them.

        Args:
            wanted: The header `Range`. Cloud Storage refuses a range that begins behind the end.
        """
        headers = {"Content-Type": self.fields.get("contentType", "application/octet-stream")}
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted or "")
        if found is None:
            return Answer(200, self.content, {**headers, "X-Goog-Hash": f"crc32c={self.crc32c}"})
        first = int(found[1])
        last = min(int(found[2] or len(self.content)), len(self.content) - 1)
        if first > last:
            return refused(416, "OUT_OF_RANGE", "Request range not satisfiable")
        part = self.content[first : last + 1]
        return Answer(206, part, {**headers, "Content-Range": f"bytes {first}-{last}/{len(self.content)}"})
