"""The store: the documents, the queue, the uploaded objects and the machine on which the engine stands.

In production and in the emulator suite these are Firestore, Cloud Tasks, Cloud Storage, Firebase Auth and the clock;
`stoker.jobs.memory` keeps all of them in memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from stoker.access.standing import Standing, standing
from stoker.firestore.documents import Documents, FirestoreDocuments
from stoker.host import SYSTEM, Host
from stoker.jobs.states import JobState
from stoker.jobs.workspace import workspace


class Store(Protocol):
    """All that the engine reads, writes and waits for.

    Attributes:
        documents: The database.
        host: The clock, the random numbers and the threads.
    """

    documents: Documents
    host: Host

    def enqueue(self, job: JobState, occasion: str, due: datetime | None = None) -> None:
        """Ask for an attempt at a job; see `stoker.jobs.queue.enqueue`."""

    def list_outputs(self, user_id: str, job_id: str) -> list[str]:
        """Return the names of all objects that the attempts at a job have uploaded."""

    def delete_outputs(self, names: Sequence[str]) -> None:
        """Delete objects, if they exist."""

    def workspace(self) -> AbstractContextManager[Path]:
        """Make an empty folder for one attempt, and remove it afterwards."""

    def standing(self, user_id: str) -> Standing | None:
        """Look a user's account up; return None without an answer; see `stoker.access.standing`."""


class FirebaseStore:
    """Firestore, Cloud Tasks, Cloud Storage, and the machine that this process runs on."""

    documents: Documents = FirestoreDocuments()
    host: Host = SYSTEM

    def enqueue(self, job: JobState, occasion: str, due: datetime | None = None) -> None:
        """Ask for an attempt at a job; see `stoker.jobs.queue.enqueue`."""
        from stoker.jobs.queue import enqueue

        enqueue(job, occasion, due)

    def list_outputs(self, user_id: str, job_id: str) -> list[str]:
        """Return the names of all objects that the attempts at a job have uploaded."""
        from stoker.storage.outputs import list_objects

        return list_objects(user_id, job_id)

    def delete_outputs(self, names: Sequence[str]) -> None:
        """Delete objects, if they exist."""
        from stoker.storage.outputs import delete_objects

        delete_objects(names)

    def workspace(self) -> AbstractContextManager[Path]:
        """Make an empty folder for one attempt, and remove it afterwards."""
        return workspace()

    def standing(self, user_id: str) -> Standing | None:
        """Look a user's account up; see `stoker.access.standing`."""
        return standing(user_id)


Used = TypeVar("Used", bound=Store)

_store: Store = FirebaseStore()


def store() -> Store:
    """Return the store that the engine works on."""
    return _store


@contextmanager
def using(other: Used) -> Iterator[Used]:
    """Let the engine work on another store while the block runs, in all threads of the process. For tests."""
    global _store
    before, _store = _store, other
    try:
        yield other
    finally:
        _store = before
