"""Tests against the running emulator suite: real functions, real documents, real files."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.cloud import firestore

from conftest import missing
from development.user import User

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
