"""A call that a client has made of Google."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass
class Call:
    """A call, with its answer's status once it is answered.

    Attributes:
        method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
        host: The host, such as `run.googleapis.com`.
        path: The path, decoded.
        parameters: The parameters of the address, each with its values.
        content: The body as it was sent.
        headers: The headers, with names in small letters.
        status: The status of the answer, 0 before it.
        writes: Whether the call may change something.
    """

    method: str
    host: str
    path: str
    parameters: Mapping[str, list[str]] = field(default_factory=dict)
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    writes: bool = False

    @cached_property
    def body(self) -> Any:
        """The body as JSON; an empty object if there is none."""
        return json.loads(self.content) if self.content.strip() else {}

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address. Of a repeated parameter, the last value counts."""
        return {name: values[-1] for name, values in self.parameters.items()}

    @property
    def mask(self) -> list[str]:
        """The paths of the fields that the call changes, from `updateMask`."""
        return [path for path in self.query.get("updateMask", "").split(",") if path]

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path} {self.status}"


def masked(stored: Mapping[str, Any], sent: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return a resource after a PATCH, as https://google.aip.dev/134 has it.

    Args:
        stored: The resource before.
        sent: The body of the PATCH.
        paths: The mask. A field of it that the body leaves out is removed. Without a mask, all sent fields count.

    Example:
        >>> masked({"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"x": 4}}, ["a.x", "b"])
        {'a': {'x': 4, 'y': 2}}
    """
    changed: dict[str, Any] = json.loads(json.dumps(stored))
    for path in paths or list(sent):
        *parents, last = path.split(".")
        source: Any = sent
        target: Any = changed
        for parent in parents:
            source = source.get(parent) or {}
            target = target.setdefault(parent, {})
        if source.get(last) is None:
            target.pop(last, None)
        else:
            target[last] = source[last]
    return changed
