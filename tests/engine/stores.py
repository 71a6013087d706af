"""Stores whose queues deliver nothing. The test itself calls the function that a task would call."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest

from stoker.firestore.client import client
from stoker.jobs import settings
from stoker.jobs.memory_store import MemoryStore
from stoker.jobs.states import JobState
from stoker.jobs.store import FirebaseStore, Store, using

IN_MEMORY = pytest.mark.parametrize("engine", ["memory"], indirect=True)
"""For a test of decisions alone, which shows nothing more on Firestore."""

FIRESTORE_IN_SOAK = pytest.mark.parametrize(
    "engine", ["memory", pytest.param("firestore", marks=[pytest.mark.emulator, pytest.mark.soak])], indirect=True
)
"""For a family of cases, if Firestore sees the same queries and writes in other tests."""


class QueueInMemory(FirebaseStore):
    """Firestore and Cloud Storage, and a queue whose tasks no worker hears of."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self.queues: list[str] = []
        self.dues: list[datetime | None] = []

    def enqueue(self, job: JobState, occasion: str, due: datetime | None = None) -> None:
        self.queued.append(job.id)
        self.queues.append(job.queue.name)
        self.dues.append(due)


class AllInMemory(MemoryStore):
    """Everything in memory; its queue takes every task."""

    def __init__(self) -> None:
        super().__init__()
        self.queued: list[str] = []
        self.queues: list[str] = []
        self.dues: list[datetime | None] = []

    def enqueue(self, job: JobState, occasion: str, due: datetime | None = None) -> None:
        self.queued.append(job.id)
        self.queues.append(job.queue.name)
        self.dues.append(due)


@contextmanager
def own_project(engine: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the engine work on a store, in a project of the test's own.

    The project's documents fire no triggers, and no other test's documents are found in it.
    """
    monkeypatch.setenv("GCLOUD_PROJECT", f"demo-{uuid4().hex[:20]}")
    client.cache_clear()
    settings.forget()
    with using(engine):
        yield
    client.cache_clear()
    settings.forget()
