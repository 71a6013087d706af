"""A new user on a machine without a checkout: from `pip install` of the tools' wheel to a completed job."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adopter.machine import Machine, plain
from adopter.own_suite import led_to, started
from stoker_tools.cli.build import build
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT
from unit.examples.pictures import encoded, picture

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

MINUTES = 5
"""The promise to a new user, from `pip install` to a completed job, on a machine with other work too."""

Done = Callable[[str], None]
"""It takes the name of a step that has just ended, and records its time."""


@pytest.fixture
def done() -> Done:
    """Prints the seconds of each step and of all steps so far, and checks the promise."""
    began = last = time.monotonic()

    def step(name: str) -> None:
        nonlocal last
        now = time.monotonic()
        print(f"{name:30} {now - last:6.1f} s {now - began:6.1f} s")
        last = now
        assert now - began < MINUTES * 60

    return step


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The wheel of the tools."""
    return build(ROOT, tmp_path / "wheels")[1]


@pytest.fixture
def new_machine(wheel: Path, done: Done, tmp_path: Path) -> Machine:
    """A machine on which pip has installed the wheel of the tools, with an empty folder for an app."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], env=plain(), check=True)
    install = [str(tmp_path / "venv/bin/pip"), "install", "--quiet", str(wheel)]
    subprocess.run(install, env=plain(), capture_output=True, check=True)
    done("pip install")
    app = tmp_path / "app"
    app.mkdir()
    return Machine(tmp_path / "venv/bin/stoker", app, tmp_path / "home")


def test_from_an_empty_folder_to_a_completed_job(new_machine: Machine, done: Done) -> None:
    new_machine.run("install", ".", "--yes")
    done("stoker install")
    new_machine.run("generate")
    done("stoker generate")
    printed = new_machine.run("demo")
    assert "100.0 %  completed" in printed
    assert "functions/venv" not in printed, "`stoker generate` has made it"
    done("stoker demo")
    output = {file.name for file in (new_machine.app / "demo-output").iterdir()}
    assert output == {"video-720p.mp4", "poster.jpg"}
    # The next commands find everything in place.
    assert "preparing" not in new_machine.run("emulators", "--no-schedules", "--", "true")
    assert "wrote" not in new_machine.run("generate")
    made = {entry.name.partition("-")[0] for entry in new_machine.home.iterdir()}
    assert {"uv", "node", "emulators"} <= made <= {"uv", "node", "emulators", "java", "stoker"}


def test_from_an_empty_folder_to_a_job_of_the_example(new_machine: Machine, done: Done, tmp_path: Path) -> None:
    new_machine.run("install", ".", "--yes")
    done("stoker install")
    for file in (ROOT / "examples/image-processing").iterdir():
        if file.suffix in (".py", ".toml", ".in"):
            shutil.copy(file, new_machine.app / "functions")
    new_machine.run("update", "--yes")
    done("stoker update")
    new_machine.run("generate")
    done("stoker generate")
    with started(new_machine, tmp_path) as suite, led_to(suite):
        done("stoker emulators")
        ada = SampleUser.sign_up()
        (tmp_path / "cat.heic").write_bytes(encoded(picture(), "HEIF"))
        source = ada.upload(tmp_path / "cat.heic", "image/heic")
        job = ada.result(ada.write_job({"source": source}, type="image-processing"))
        assert job["status"] == "completed", job
        for file in job["output"]["files"]:
            assert len(ada.download(file["path"])) == file["bytes"]
        done("the job")
