"""Fixtures for the tests of deployments: the twin of Google, a fresh checkout, and a deployment that tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.checkouts import Checkout, fresh
from deploy.deployments import Deployed, twice
from deploy.two_versions import Machines, two_versions
from twin.google_world import World
from twin.proxy import Google, started


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
def machines(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Two versions of Stoker, and an app of the older one."""
    return two_versions(tmp_path_factory.mktemp("versions"))
