"""The engine's tests run on both stores: in memory without any service, and on Firestore in the emulator suite."""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from conftest import missing
from engine.driven import DrivenJob, Meddled
from stoker import config
from stoker.firestore.client import client
from stoker.firestore.writes import Create, Delete
from stoker.jobs import settings as settings_module
from stoker.jobs.memory import MemoryStore
from stoker.jobs.store import FirebaseStore, Store, store, using


class QueueInMemory(FirebaseStore):
    """Firestore and Cloud Storage, and a queue whose tasks no worker hears of."""

    def __init__(self) -> None:
        self.queued: list[str] = []

    def enqueue(self, job_type: str, job_id: str, occasion: str, due: datetime | None = None) -> None:
        self.queued.append(job_id)


class AllInMemory(MemoryStore):
    """Everything in memory; its queue takes every task."""

    def __init__(self) -> None:
        super().__init__()
        self.queued: list[str] = []

    def enqueue(self, job_type: str, job_id: str, occasion: str, due: datetime | None = None) -> None:
        self.queued.append(job_id)


@pytest.fixture(params=["memory", pytest.param("firestore", marks=pytest.mark.emulator)], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that the engine works on in this test."""
    engine: Store
    if request.param == "memory":
        monkeypatch.setenv("GCLOUD_PROJECT", "demo-memory")
        engine = AllInMemory()
    else:
        if not os.environ.get("FIRESTORE_EMULATOR_HOST"):
            missing("The Firestore emulator")
        # A project of the test's own: its documents fire no triggers, and no other test's are found.
        monkeypatch.setenv("GCLOUD_PROJECT", f"demo-{uuid4().hex[:20]}")
        client.cache_clear()
        engine = QueueInMemory()
    engine.documents = Meddled(engine.documents)
    settings_module.forget()
    with using(engine):
        yield engine
    client.cache_clear()
    settings_module.forget()


@pytest.fixture
def meddled(engine: Any) -> Meddled:
    """The store's documents: their commits meet what the test lets them meet."""
    documents: Meddled = engine.documents
    return documents


@pytest.fixture
def queued(engine: Any) -> list[str]:
    """The ids of the jobs that are put into a queue."""
    ids: list[str] = engine.queued
    return ids


@pytest.fixture
def job(engine: Store) -> DrivenJob:
    """A job that the test drives."""
    return DrivenJob()


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
