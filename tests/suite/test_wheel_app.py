"""An app on a machine without a checkout: the wheel of the tools is all that is installed."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from stoker_tools.cli.build import build
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.soak

SECONDS = 250


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
        hidden = {"PYTHONPATH", "STOKER_PYTHON", "STOKER_SUITE_FILE"}
        variables = {name: value for name, value in os.environ.items() if name not in hidden}
        done = subprocess.run(
            [str(self.stoker), *arguments],
            cwd=self.app,
            env=variables | {"STOKER_HOME": str(self.home)},
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
    """A machine on which the wheel of the tools was installed by pip, with an app that deploys Stoker's wheel."""
    stoker, tools = build(ROOT, tmp_path / "wheels")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    subprocess.run([str(tmp_path / "venv/bin/pip"), "install", "--quiet", str(tools)], check=True)
    app = tmp_path / "app"
    functions = app / "functions"
    functions.mkdir(parents=True)
    shutil.copytree(ROOT / "rules", app / "rules")
    shutil.copy(ROOT / "firestore.indexes.json", app)
    for name in ("main.py", ".env"):
        shutil.copy(ROOT / "functions" / name, functions)
    shutil.copy(stoker, functions)
    (functions / "requirements.txt").write_text(f"./{stoker.name}[video,speech]\n")
    configured = {
        "functions": [{"source": "functions", "codebase": "stoker", "runtime": "python313"}],
        "firestore": {"rules": "rules/firestore.rules", "indexes": "firestore.indexes.json"},
        "storage": {"rules": "rules/storage.rules"},
    }
    (app / "firebase.json").write_text(json.dumps(configured))
    return Machine(tmp_path / "venv/bin/stoker", app, tmp_path / "home")


def test_a_job_completes(machine: Machine) -> None:
    printed = machine.run("demo")
    assert "100.0 %  completed" in printed
    assert {file.name for file in (machine.app / "demo-output").iterdir()} == {"video-720p.mp4", "poster.jpg"}
    # The next command finds everything in place.
    assert "preparing" not in machine.run("emulators", "--no-schedules", "--", "true")
    made = {entry.name.partition("-")[0] for entry in machine.home.iterdir()}
    assert {"uv", "node", "emulators"} <= made <= {"uv", "node", "emulators", "java", "stoker"}
    assert {entry.name for entry in machine.app.iterdir()} == {
        *("firebase.json", "firestore.indexes.json", "functions", "rules", "demo-output"),
    }
