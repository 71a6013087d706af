"""Tests of the rules: as users, with tokens of the Auth emulator, never as the owner of the project."""

import contextlib
import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from emulator.conftest import _suite, user
from rules.documents import documents
from stoker_tools.rules_lab.firestore import FirestoreEmulator
from stoker_tools.rules_lab.identities import Tokens
from stoker_tools.setup.environment import ROOT

__all__ = ["Tokens", "_suite", "user"]


@pytest.fixture(scope="session")
def identities(_suite: None) -> Tokens:
    """The tokens of the users who send requests, by name."""
    return Tokens(os.environ["FIREBASE_AUTH_EMULATOR_HOST"])


@pytest.fixture(scope="session")
def new_project(_suite: None) -> Iterator[Callable[[], FirestoreEmulator]]:
    """Make projects of the emulator, each with its own rules and documents. They are closed at the end."""
    with contextlib.ExitStack() as projects:

        def project() -> FirestoreEmulator:
            made = FirestoreEmulator(os.environ["FIRESTORE_EMULATOR_HOST"], f"demo-rules-{uuid4().hex[:12]}")
            projects.callback(made.close)
            return made

        yield project


@pytest.fixture(scope="session")
def firestore_rules() -> str:
    """The rules of Firestore."""
    return (ROOT / "rules/firestore.rules").read_text()


@pytest.fixture(scope="session")
def guarded(new_project: Callable[[], FirestoreEmulator], firestore_rules: str) -> Iterator[FirestoreEmulator]:
    """A project with the rules and with `documents.documents`."""
    project = new_project()
    project.load(firestore_rules)
    project.put(documents())
    yield project
    project.clear()
