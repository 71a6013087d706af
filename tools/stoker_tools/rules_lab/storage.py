"""Requests to the Storage emulator over REST. The rules apply to them, because they carry a client's token."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from stoker_tools.rules_lab.errors import NoVerdict, RulesError


@dataclass(frozen=True)
class Upload:
    """Write an object.

    Attributes:
        path: The name of the object.
        content_type: Its media type.
        size: Its size in bytes.
    """

    path: str
    content_type: str = "video/mp4"
    size: int = 100


@dataclass(frozen=True)
class Relabel:
    """Change the media type of an object."""

    path: str
    content_type: str


@dataclass(frozen=True)
class Download:
    """Read an object."""

    path: str


@dataclass(frozen=True)
class Remove:
    """Delete an object."""

    path: str


@dataclass(frozen=True)
class Browse:
    """List the objects of a folder. Its name ends with a slash."""

    path: str


StorageRequest = Upload | Relabel | Download | Remove | Browse


class StorageEmulator:
    """A bucket of the emulator. All buckets share one set of rules. Threads may share it.

    Args:
        host: The address of the emulator, as host:port.
        bucket: The name of the bucket.
    """

    def __init__(self, host: str, bucket: str) -> None:
        self._client = httpx.Client(base_url=f"http://{host}", timeout=120)
        self._objects = f"/v0/b/{bucket}/o"

    def load(self, rules: str, name: str) -> None:
        """Load rules into the emulator.

        Args:
            rules: The text of the rules.
            name: The path of their file. The emulator watches this file from now on.

        Raises:
            RulesError: The rules don't compile.
        """
        files = [{"name": name, "content": rules}]
        answer = self._client.put("/internal/setRules", json={"rules": {"files": files}})
        if answer.status_code != 200:
            raise RulesError(f"The emulator refused the rules: {answer.text}")

    def allows(self, request: StorageRequest, token: str | None) -> bool:
        """Send a request, and return whether the rules allow it. An allowed request is carried out.

        Args:
            request: The request.
            token: An ID token; None for a client that is not signed in.

        Raises:
            NoVerdict: The emulator neither allowed nor refused the request.
        """
        answer = self._ask(request, {"Authorization": f"Firebase {token}"} if token else {})
        if answer.status_code in (200, 204, 404):  # 404 is an allowed read of a missing object
            return True
        if answer.status_code == 403:
            return False
        raise NoVerdict(f"{request}: {answer.status_code} {answer.text[:500]}")

    def put(self, path: str, content_type: str = "video/mp4") -> None:
        """Write an object without the rules."""
        self._ask(Upload(path, content_type), {"Authorization": "Firebase owner"}).raise_for_status()

    def remove(self, path: str) -> None:
        """Delete an object without the rules, if it is there."""
        self._ask(Remove(path), {"Authorization": "Firebase owner"})

    def close(self) -> None:
        """Close the connections to the emulator."""
        self._client.close()

    def _ask(self, request: StorageRequest, headers: Mapping[str, str]) -> httpx.Response:
        one = f"{self._objects}/{quote(request.path, safe='')}"
        match request:
            case Upload(path, content_type, size):
                url = f"{self._objects}?uploadType=media&name={quote(path, safe='')}"
                return self._client.post(url, content=b"x" * size, headers={**headers, "Content-Type": content_type})
            case Relabel(_, content_type):
                return self._client.patch(one, json={"contentType": content_type}, headers=headers)
            case Download():
                return self._client.get(f"{one}?alt=media", headers=headers)
            case Remove():
                return self._client.delete(one, headers=headers)
            case Browse(path):
                return self._client.get(f"{self._objects}?prefix={quote(path, safe='')}&delimiter=/", headers=headers)
