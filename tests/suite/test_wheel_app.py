"""An app on a machine without a checkout: the wheel of the tools is all that is installed."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from stoker_tools.cli.build import build
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.soak

SECONDS = 250

MINUTES = 5
"""The promise to a new user, from an empty folder to a completed job, on a machine with other work too."""


HIDDEN = {"PYTHONPATH", "STOKER_PYTHON", "STOKER_SUITE_FILE"}
VARIABLES = {name: value for name, value in os.environ.items() if name not in HIDDEN}
"""The variables of a process that finds no checkout by them."""


@dataclass(frozen=True)
class Machine:
    """A machine with an app.

    Attributes:
        stoker: The command.
        app: The folder of the app.
        home: The folder of what the command installs.
    """

    stoker: Path
    app: Path
    home: Path

    def run(self, *arguments: str) -> str:
        """Run the command in the folder of the app; return its output."""
        done = subprocess.run(
            [str(self.stoker), *arguments],
            cwd=self.app,
            env=VARIABLES | {"STOKER_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which the wheel of the tools was installed by pip, with an empty folder for an app."""
    _, tools = build(ROOT, tmp_path / "wheels")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], env=VARIABLES, check=True)
    subprocess.run([str(tmp_path / "venv/bin/pip"), "install", "--quiet", str(tools)], env=VARIABLES, check=True)
    app = tmp_path / "app"
    app.mkdir()
    return Machine(tmp_path / "venv/bin/stoker", app, tmp_path / "home")


def test_from_an_empty_folder_to_a_completed_job(machine: Machine) -> None:
    began = time.monotonic()
    machine.run("install", ".", "--yes")
    machine.run("generate")
    printed = machine.run("demo")
    assert "100.0 %  completed" in printed
    assert "functions/venv" not in printed, "`stoker generate` has made it"
    assert time.monotonic() - began < MINUTES * 60
    assert {file.name for file in (machine.app / "demo-output").iterdir()} == {"video-720p.mp4", "poster.jpg"}
    # The next commands find everything in place.
    assert "preparing" not in machine.run("emulators", "--no-schedules", "--", "true")
    assert "wrote" not in machine.run("generate")
    made = {entry.name.partition("-")[0] for entry in machine.home.iterdir()}
    assert {"uv", "node", "emulators"} <= made <= {"uv", "node", "emulators", "java", "stoker"}
