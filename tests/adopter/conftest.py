"""An app on a machine without a checkout, with Stoker from the wheel, and its running suite."""

import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from adopter.extended_app import install_and_extend, write_app
from adopter.machine import Machine, plain
from adopter.own_suite import OwnSuite, led_to, started
from stoker_tools.cli.build import build
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup import app_root
from stoker_tools.setup.environment import ROOT

NODE_FOLDER = "from stoker_tools.setup import app_root; print(app_root.node_folder())"


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine with the wheel of the tools. It borrows all packages but Stoker's own from this environment."""
    folder = tmp_path_factory.mktemp("machine")
    _, tools = build(ROOT, folder / "wheels")
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], env=plain(), check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (venv / "lib" / version / "site-packages" / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    install = [str(venv / "bin/pip"), "install", "--quiet", "--no-deps", "--no-index", str(tools)]
    subprocess.run(install, env=plain(), check=True)
    made = Machine(venv / "bin/stoker", folder / "app", folder / "home")
    made.app.mkdir()
    made.home.mkdir()
    _borrow_downloads(made, venv / "bin/python")
    return made


def _borrow_downloads(machine: Machine, python: Path) -> None:
    """Let the machine have what takes a minute to download: the Firebase CLI, and the built parts of the emulators."""
    command = [str(python), "-c", NODE_FOLDER]
    said = subprocess.run(command, cwd=machine.app, env=machine.environment, capture_output=True, text=True, check=True)
    node = Path(said.stdout.strip())
    node.mkdir()
    (node / "node_modules").symlink_to(ROOT / "node_modules")
    app_root.built_parts().mkdir(parents=True, exist_ok=True)
    (machine.home / "emulators").symlink_to(app_root.built_parts())


@pytest.fixture(scope="session")
def app(machine: Machine) -> Machine:
    """The machine with an app that has Stoker, and types and documents of its own."""
    write_app(machine.app)
    install_and_extend(machine)
    return machine


@pytest.fixture(scope="session")
def running_suite(app: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSuite]:
    """The suite of the app."""
    with started(app, tmp_path_factory.mktemp("suite")) as suite:
        yield suite


@pytest.fixture(scope="module")
def suite(running_suite: OwnSuite) -> Iterator[OwnSuite]:
    """The suite of the app, to which everything in this process leads while a module's tests run."""
    with led_to(running_suite):
        yield running_suite


@pytest.fixture(scope="module")
def ada(suite: OwnSuite) -> SampleUser:
    """A user."""
    return SampleUser.sign_up()


@pytest.fixture(scope="module")
def bob(suite: OwnSuite) -> SampleUser:
    """Another user."""
    return SampleUser.sign_up()
