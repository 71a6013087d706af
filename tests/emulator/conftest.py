"""Tests against the running emulator suite: real functions, real documents, real files."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore

from conftest import missing
from emulator.accounts import (
    SignedIn,
    sign_up,
)
from emulator.analytics import own_collections
from engine.driven import DrivenJob
from engine.stores import QueueInMemory, own_project
from stoker import config
from stoker.firebase import app
from stoker.firestore.client import client
from stoker.jobs.settings import forget
from stoker_tools.samples.user import SampleUser

NEEDED = (
    "FIRESTORE_EMULATOR_HOST",
    "FIREBASE_AUTH_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
    "FIREBASE_CONFIG",
    "STOKER_FUNCTIONS_TMPDIR",
)


@pytest.fixture(scope="session", autouse=True)
def _suite() -> None:
    for name in NEEDED:
        if not os.environ.get(name):
            missing(f"The emulator suite ({name})")


@pytest.fixture
def user() -> SampleUser:
    """A user who has just signed up."""
    return SampleUser.sign_up()


@pytest.fixture(scope="session")
def database() -> firestore.Client:
    """Firestore with admin rights, as the functions have them."""
    from stoker.firestore.client import client

    return client()


@pytest.fixture
def nothing_left_in_tmp() -> Iterator[None]:
    """Fails a test whose job has left something in the workers' temporary folder."""
    folder = Path(os.environ["STOKER_FUNCTIONS_TMPDIR"])
    before = set(folder.iterdir())
    yield
    left = {path for path in set(folder.iterdir()) - before if path.name.startswith(("stoker", "tmp"))}
    assert not left


@pytest.fixture
def undelivered(monkeypatch: pytest.MonkeyPatch) -> Iterator[QueueInMemory]:
    """An engine with separate collections, so that no deployed function hears of its jobs."""
    engine = QueueInMemory()
    app()  # Made before the project changes: accounts stay in the suite's.
    with own_project(engine, monkeypatch):
        yield engine


@pytest.fixture
def job(undelivered: None) -> DrivenJob:
    """A job that the test drives."""
    return DrivenJob()


@pytest.fixture
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the attempts that run in this process work under a folder of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Put events and aggregates into separate collections; return their names, by the names in `config`."""
    names = own_collections()
    for name, collection in names.items():
        monkeypatch.setattr(config, name, collection)
    return names


@pytest.fixture
def queued(undelivered: QueueInMemory) -> list[str]:
    """The ids of the jobs that are put into a queue meanwhile."""
    return undelivered.queued


@pytest.fixture
def settings(undelivered: QueueInMemory) -> Callable[..., None]:
    """Write the settings of jobs: `settings(paused=[...], userLimits={...})`. The deployed workers don't read them."""

    def write(**fields: Any) -> None:
        client().collection(config.ADMIN_DATA).document(config.JOB_SETTINGS).set(fields)
        forget()

    return write


@pytest.fixture(scope="module")
def ada() -> SignedIn:
    """A user of all tests of a file. They change nothing of the account."""
    return sign_up()
