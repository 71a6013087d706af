"""The engine's tests run on both stores: in memory without any service, and on Firestore in the emulator suite.

Some tests of decisions run in memory only, and some families of cases run on Firestore with `-m soak` only.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from conftest import missing
from engine.driven import DrivenJob, Meddled
from engine.hosts import Dated
from engine.stores import AllInMemory, QueueInMemory, own_project
from stoker import config
from stoker.firebase import app
from stoker.firestore.writes import Create, Delete
from stoker.jobs import settings as settings_module
from stoker.jobs.store import Store, store

pytest.register_assert_rewrite("engine.jobs_machine", "engine.legal")


@pytest.fixture(params=["memory", pytest.param("firestore", marks=pytest.mark.emulator)], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that the engine works on in this test."""
    if request.param == "firestore":
        if not os.environ.get("FIRESTORE_EMULATOR_HOST"):
            missing("The Firestore emulator")
        app()  # Made before the project changes: other tests of this process need the suite's accounts and queues.
    engine: Store = AllInMemory() if request.param == "memory" else QueueInMemory()
    engine.documents = Meddled(engine.documents)
    with own_project(engine, monkeypatch):
        yield engine


@pytest.fixture
def meddled(engine: Any) -> Meddled:
    """The store's documents. The test may let their commits fail."""
    documents: Meddled = engine.documents
    return documents


@pytest.fixture
def queued(engine: Any) -> list[str]:
    """The ids of the jobs that are put into a queue."""
    ids: list[str] = engine.queued
    return ids


@pytest.fixture
def queues(engine: Any) -> list[str]:
    """The names of the queues into which these jobs are put."""
    names: list[str] = engine.queues
    return names


@pytest.fixture
def dues(engine: Any) -> list[datetime | None]:
    """The times for which these jobs are put into a queue; None for a job that is due at once."""
    times: list[datetime | None] = engine.dues
    return times


@pytest.fixture
def job(engine: Store) -> DrivenJob:
    """A job that the test drives."""
    return DrivenJob()


@pytest.fixture
def dated(engine: Store) -> Dated:
    """The engine's machine, whose date is set by the test."""
    engine.host = dated = Dated()
    return dated


@pytest.fixture
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the attempts that run in this process work under a folder of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def settings(engine: Store) -> Callable[..., None]:
    """Sets the engine's settings as an admin does: `settings(paused=[...], userLimits={...})`."""

    def write(**fields: Any) -> None:
        path = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
        before = [Delete(path)] if store().documents.get(path) is not None else []
        for writes in (before, [Create(path, fields)]):
            store().documents.commit(writes)
        settings_module.forget()

    return write
