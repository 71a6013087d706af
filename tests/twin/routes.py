"""The table of the calls that the twin knows: method, host, path, the permission that each needs, and its answer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from twin.calls import Call
from twin.google_world import World
from twin.refusals import Refused, api_off, denied

Handler = Callable[..., Any]
"""A function of the world, the call and the named parts of the path, which returns the answer as JSON."""

ALWAYS_ON = frozenset(
    (
        *("accounts.google.com", "firebase.googleapis.com", "oauth2.googleapis.com", "serviceusage.googleapis.com"),
        "www.googleapis.com",
    )
)
"""Hosts that answer although nothing is enabled."""


@dataclass(frozen=True)
class Route:
    """A call that the twin knows.

    Attributes:
        method: The method.
        path: The pattern of the path.
        needs: The permission that the caller needs; empty if none.
        writes: Whether the call may change something.
        handler: The function that answers.
    """

    method: str
    path: re.Pattern[str]
    needs: str
    writes: bool
    handler: Handler


class Routes:
    """The calls of one service.

    Args:
        host: The host of the service.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def __call__(self, method: str, path: str, needs: str = "", *, reads: bool = False) -> Callable[[Handler], Handler]:
        """Add the decorated function as the answer to a call.

        Args:
            method: The method.
            path: The path, in the form of Google's own definitions: `/v2/{name=projects/*/locations/*/queues/*}`.
                `{name}` alone is one part of a path, `**` is any number of parts.
            needs: The permission that the caller needs.
            reads: Whether a call that is no GET only reads.
        """

        def add(handler: Handler) -> Handler:
            writes = method != "GET" and not reads
            self._routes.append(Route(method, pattern(path), needs, writes, handler))
            return handler

        return add


def pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of a path of Google's definitions.

    Example:
        >>> pattern("/v2/{name=projects/*/queues/*}:purge").fullmatch("/v2/projects/a/queues/b:purge")["name"]
        'projects/a/queues/b'
    """
    made, rest = "", path
    while rest:
        before, _, after = rest.partition("{")
        inside, _, rest = after.partition("}")
        name, _, parts = inside.partition("=")
        made += re.escape(before)
        if inside:
            made += f"(?P<{name}>{_parts(parts or '*')})"
    return re.compile(made)


def _parts(template: str) -> str:
    return "".join({"**": ".+", "*": "[^/:]+"}.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", template))


def answer(services: dict[str, Routes], world: World, call: Call) -> tuple[int, Any]:
    """Answer a call; record it in the world.

    Returns:
        The status of HTTP and the body.
    """
    try:
        call.status, body = 200, _answered(services, world, call)
    except Refused as refused:
        call.status, body = refused.code, refused.body
    world.calls.append(call)
    return call.status, body


def _answered(services: dict[str, Routes], world: World, call: Call) -> Any:
    for route in services.get(call.host, ()):
        found = route.path.fullmatch(call.path) if route.method == call.method else None
        if found is None:
            continue
        call.writes = route.writes
        if call.host in world.off and call.host not in ALWAYS_ON:
            raise api_off(call.host, world.number)
        if route.needs in world.denied:
            raise denied(route.needs)
        return route.handler(world, call, **found.groupdict())
    world.unknown.append(f"{call.method} {call.host}{call.path}")
    raise Refused(501, "UNIMPLEMENTED", f"The twin of Google does not know {world.unknown[-1]}.")
