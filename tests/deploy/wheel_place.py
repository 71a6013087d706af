"""A developer's machine with the wheel of the tools, an app, and its project in the twin of Google."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.checkouts import Checkout
from deploy.terminal import Run, without_terminal
from twin.google_world import World
from twin.proxy import Google
from wheel_home import WheelHome

SECONDS = 250
"""The longest time for a command. It takes a tenth of that on a machine without other work."""

ASKS_GOOGLE = ("alerts", "deploy", "doctor")
"""The commands that ask the twin in place of Google. The others may need the index of packages."""


@dataclass(frozen=True)
class WheelPlace:
    """A machine, an app, and its project.

    Attributes:
        machine: The wheel, and the folder of what it installs.
        app: The app.
        google: The twin of Google.
        scratch: The directory for what the Firebase CLI remembers.
    """

    machine: WheelHome
    app: Checkout
    google: Google
    scratch: Path

    @property
    def world(self) -> World:
        """The project."""
        return self.google.world

    def stoker(self, *arguments: str) -> Run:
        """Run the command `stoker` in the folder of the app."""
        others = None
        if arguments[0] in ASKS_GOOGLE:
            others = self.google.environment(self.scratch)
            others |= {"https_proxy": others["HTTPS_PROXY"]}
            others |= {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(self.google.trusted)}
        line = [str(self.machine.stoker), *arguments]
        return without_terminal(line, self.app.root, self.machine.variables(others), SECONDS)

    def done(self, *arguments: str) -> str:
        """Run a command that succeeds; return its output."""
        run = self.stoker(*arguments)
        assert run.code == 0, f"{arguments}\n{run.output}"
        return run.output

    def diagnosis(self) -> list[str]:
        """Return the codes of what `stoker doctor` finds wrong with the project."""
        printed = self.stoker("doctor", "--json").output
        return [one["code"] for one in json.loads(printed[printed.index("{") :])["findings"]]

    def rules(self, service: str) -> str:
        """Return the rules that the project has for a service, such as `cloud.firestore`."""
        [name] = [one for one in self.world.releases if f"/releases/{service}" in one]
        [source] = self.world.rulesets[self.world.releases[name]["rulesetName"]]["files"]
        return str(source["content"])

    def indexed(self) -> set[str]:
        """Return the collections that have composite indexes in the project."""
        return {name.split("/collectionGroups/")[1].split("/")[0] for name in self.world.indexes}

    def functions(self, *names: str) -> dict[str, Any]:
        """Return functions of the project as they are now, by their names."""
        return {name: json.loads(json.dumps(self.world.function(name))) for name in names}
