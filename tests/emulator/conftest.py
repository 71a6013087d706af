"""Tests against the running emulator suite: real functions, real documents, real files."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import firestore

from conftest import missing
from development.user import User
from emulator.analytics import own_collections
from emulator.driven import DrivenJob
from stoker import config
from stoker.jobs import dispatch, limits, work
from stoker.jobs.settings import forget

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
def user() -> User:
    """A user who has just signed up."""
    return User.sign_up()


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
def undelivered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts jobs into a collection of the test's own, of which the deployed dispatcher does not hear."""
    monkeypatch.setattr(config, "JOBS", f"engine-{uuid4().hex}")


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
    """Puts events and aggregates into collections of the test's own; returns their names, by those in `config`."""
    names = own_collections()
    for name, collection in names.items():
        monkeypatch.setattr(config, name, collection)
    return names


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the jobs that are put into a queue meanwhile, instead of a real queue, whose workers know them not."""
    ids: list[str] = []
    for module in (dispatch, limits, work):
        monkeypatch.setattr(module, "enqueue", lambda job_type, job_id, *_: ids.append(job_id))
    return ids


@pytest.fixture
def settings(database: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets what an admin may set: `settings(paused=[...], userLimits={...})`. The deployed workers see none of it."""
    monkeypatch.setattr(config, "JOB_SETTINGS", uuid4().hex)
    reference = database.collection(config.ADMIN_DATA).document(config.JOB_SETTINGS)

    def write(**fields: Any) -> None:
        reference.set(fields)
        forget()

    yield write
    reference.delete()
    forget()
