"""The facts of a project, read from the twin of Google in this process."""

from dataclasses import replace
from typing import Any

import pytest

from stoker_tools.deploy import cors, preflight, survey
from stoker_tools.deploy.deployer import NEEDED_APIS, PERMISSIONS
from stoker_tools.deploy.deployment_plan import Plan, Planned
from stoker_tools.deploy.facts import Bucket, Database, Deployed, Facts, Images, Quota, SignIn
from stoker_tools.deploy.google import Google, GoogleRefusal
from twin.calls import Call
from twin.google_world import World
from twin.routes import answer
from twin.services import SERVICES

REGION = "us-central1"
PLACE = f"projects/acme-prod/locations/{REGION}"

PLAN = Plan(
    project="acme-prod",
    origins=("https://app.example.com",),
    blocking=True,
    functions=(Planned("films", is_queue=True), Planned("before_created", event="beforeCreate")),
)


class Near(Google):
    """The management APIs, answered by the twin without a network.

    Args:
        world: The project.
    """

    def __init__(self, world: World, project: str = "acme-prod") -> None:
        super().__init__(project, "token")
        self.world = world

    def call(self, method: str, url: str, body: Any = None, **query: str | list[str]) -> Any:
        """Call the twin; the rest is as in the class above."""
        host, _, path = url.partition("/")
        parameters = {name: [value] if isinstance(value, str) else value for name, value in query.items()}
        call = Call(method, host, f"/{path}", parameters, Google_body(body))
        status, found = answer(SERVICES, self.world, call)
        if status >= 400:
            raise GoogleRefusal(status, found["error"]["status"], found["error"]["message"])
        return found


def read(world: World, **changes: Any) -> Facts:
    """Return the facts of a world, after some attributes of it were changed."""
    return survey.facts(Near(replace(world, **changes)), REGION)
