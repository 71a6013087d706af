"""The management APIs of Google, answered by the twin in the same process."""

import json
from typing import Any
from urllib.parse import unquote

from stoker_tools.deploy.google import Google, GoogleRefusal
from twin.calls import Call
from twin.google_world import World
from twin.routes import answer
from twin.services import SERVICES


class Near(Google):
    """The management APIs of a project, without a network.

    Args:
        world: The project that the twin stands for.
        project: The project that is asked for.
    """

    def __init__(self, world: World, project: str = "acme-prod") -> None:
        super().__init__(project, "token")
        self.world = world

    def call(self, method: str, url: str, body: Any = None, **query: str | list[str]) -> Any:
        """Call the twin. The rest is as in the class above."""
        host, _, path = url.partition("/")
        parameters = {name: [value] if isinstance(value, str) else value for name, value in query.items()}
        content = b"" if body is None else json.dumps(body).encode()
        status, found = answer(SERVICES, self.world, Call(method, host, f"/{unquote(path)}", parameters, content))
        if status >= 400:
            raise GoogleRefusal(status, found["error"]["status"], found["error"]["message"])
        return found
