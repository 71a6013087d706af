"""HTTP calls of Google's services and their answers, as data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Call:
    """A call.

    Attributes:
        method: Such as `GET`.
        host: The host of Google, such as `storage.googleapis.com`.
        target: The path with its query, as it was sent.
        headers: The headers, by their names in lower case.
        body: The body.
    """

    method: str
    host: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without the query, with its escapes."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query; the last value of each."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Any:
        """Return the body, which is JSON."""
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.method} https://{self.host}{self.target}"


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        status: The status.
        body: The body.
        headers: The headers. The length is added.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Service = Callable[[Call], Answer | None]
"""A service of Google. It returns None for a call that Stoker does not make."""


def answered(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of JSON."""
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})


def refused(status: int, reason: str, message: str) -> Answer:
    """Return an error, as Google's APIs write it.

    Args:
        status: The status of HTTP.
        reason: Google's code, such as `PERMISSION_DENIED`.
        message: Google's sentence.
    """
    errors = [{"message": message, "domain": "global", "reason": "forbidden" if status == 403 else reason}]
    return answered({"error": {"code": status, "message": message, "status": reason, "errors": errors}}, status)


def denied(message: str) -> Answer:
    """Return the refusal of a call for a missing permission."""
    return refused(403, "PERMISSION_DENIED", message)
