"""An app on a machine without a checkout, with Stoker from the wheel, and its running suite."""

from collections.abc import Iterator

import pytest

from adopter.extended_app import install_and_extend, write_app
from adopter.machine import Machine
from adopter.own_suite import OwnSuite, led_to, started
from stoker_tools.cli.build import build
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT
from wheel_home import with_wheel


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine with the wheel of the tools. It borrows all packages but Stoker's own from this environment."""
    folder = tmp_path_factory.mktemp("machine")
    _, tools = build(ROOT, folder / "wheels")
    installed = with_wheel(tools, folder)
    (folder / "app").mkdir()
    return Machine(installed.stoker, folder / "app", installed.home)


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
