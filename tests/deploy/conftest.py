"""Fixtures for the tests of deployments: the twin of Google, a fresh checkout, and a deployment that tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.checkouts import Checkout, fresh
from deploy.deployments import Deployed, twice
from deploy.two_versions import Machines, two_versions
from deploy.wheel_place import WheelPlace
from stoker_tools.cli.build import build
from stoker_tools.setup.environment import ROOT
from twin.google_world import World
from twin.proxy import Google, started
from wheel_home import WheelHome, with_wheel


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    """The twin of Google, with a project that has been set up."""
    directory = tmp_path / "twin"
    directory.mkdir()
    with started(World(), directory) as running:
        yield running
    assert running.world.unknown == []


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A directory for what the Firebase CLI remembers."""
    directory = tmp_path / "scratch"
    directory.mkdir()
    return directory


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout that a test may change."""
    return fresh(tmp_path / "checkout")


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment that many tests look at. None of them may change it."""
    with twice(tmp_path_factory.mktemp("deployed")) as deployed:
        yield deployed


@pytest.fixture(scope="session")
def wheel_machine(tmp_path_factory: pytest.TempPathFactory) -> WheelHome:
    """A machine on which the wheel of the tools is installed."""
    directory = tmp_path_factory.mktemp("machine")
    _, tools = build(ROOT, directory / "wheels")
    return with_wheel(tools, directory)


@pytest.fixture
def wheel_place(wheel_machine: WheelHome, scratch: Path, tmp_path: Path) -> Iterator[WheelPlace]:
    """This machine with an empty folder for an app, and a project with a quota for all functions."""
    app, directory = tmp_path / "app", tmp_path / "twin"
    app.mkdir()
    directory.mkdir()
    world = World(vcpu=200)
    with started(world, directory, documents=True) as running:
        yield WheelPlace(wheel_machine, Checkout(app), running, scratch)
    assert world.unknown == []


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two versions of Stoker, and an app of the older one."""
    return two_versions(tmp_path_factory.mktemp("versions"))
