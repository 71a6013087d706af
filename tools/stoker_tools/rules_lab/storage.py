"""The Storage emulator, asked over REST as a client would: with a token, and so through the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from stoker_tools.rules_lab.errors import NoVerdict, RulesError


@dataclass(frozen=True)
class Upload:
    """Writes an object.

    Attributes:
        path: Its name.
        content_type: Its media type.
        size: In bytes.
    """

    path: str
    content_type: str = "video/mp4"
    size: int = 100


@dataclass(frozen=True)
class Relabel:
    """Changes an object's media type."""

    path: str
    content_type: str


@dataclass(frozen=True)
class Download:
    """Reads an object."""

    path: str


@dataclass(frozen=True)
class Remove:
    """Deletes an object."""

    path: str


@dataclass(frozen=True)
class Browse:
    """Lists the objects of a folder, whose name ends with a slash."""

    path: str


StorageRequest = Upload | Relabel | Download | Remove | Browse


class StorageEmulator:
    """A bucket of the emulator, whose rules are those of all buckets. Safe to share between threads.

    Args:
        host: The emulator's, as host:port.
        bucket: The bucket's name.
    """

    def __init__(self, host: str, bucket: str) -> None:
        self._client = httpx.Client(base_url=f"http://{host}", timeout=120)
        self._objects = f"/v0/b/{bucket}/o"

    def load(self, rules: str, name: str) -> None:
        """Puts rules into the emulator.

        Args:
            rules: Their text.
            name: The path of their file, which the emulator goes on to watch.

        Raises:
            RulesError: They don't compile.
        """
        files = [{"name": name, "content": rules}]
        answer = self._client.put("/internal/setRules", json={"rules": {"files": files}})
        if answer.status_code != 200:
            raise RulesError(f"The emulator refused the rules: {answer.text}")

    def allows(self, request: StorageRequest, token: str | None) -> bool:
        """Whether the rules allow a request, which is then carried out.

        Args:
            request: What to do.
            token: An ID token; None for a client that is not signed in.

        Raises:
            NoVerdict: The emulator answered neither yes nor no.
        """
        answer = self._ask(request, {"Authorization": f"Firebase {token}"} if token else {})
        if answer.status_code in (200, 204, 404):  # who may read learns that there is nothing
            return True
        if answer.status_code == 403:
            return False
        raise NoVerdict(f"{request}: {answer.status_code} {answer.text[:500]}")

    def put(self, path: str, content_type: str = "video/mp4") -> None:
        """Writes an object past the rules."""
        self._ask(Upload(path, content_type), {"Authorization": "Firebase owner"}).raise_for_status()

    def remove(self, path: str) -> None:
        """Deletes an object past the rules, if it is there."""
        self._ask(Remove(path), {"Authorization": "Firebase owner"})

    def close(self) -> None:
        """Closes the connections to the emulator."""
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
