"""The store, which gives the engine its documents, its queue, the uploaded objects and the machine.

In production and in the emulator suite, these are Firestore, Cloud Tasks, Cloud Storage, Firebase Auth and the clock.
`stoker.jobs.memory_store` keeps all of them in memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from stoker.access.standing import Standing, standing
from stoker.firestore.documents import Documents, FirestoreDocuments
from stoker.host import SYSTEM, Host, within
from stoker.jobs.states import JobState
from stoker.jobs.workspace import workspace
from stoker.logs import log_error

COUNT_SECONDS = 10.0
"""The longest time that a job waits for the count of its owner's files, in seconds."""


class Store(Protocol):
    """Everything that the engine reads, writes and waits for.

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

    def outputs_behind(self, after: str, limit: int) -> list[str]:
        """Return the names of the first objects of any job behind a name, sorted."""

    def delete_outputs(self, names: Sequence[str]) -> None:
        """Delete objects, if they exist."""

    def workspace(self) -> AbstractContextManager[Path]:
        """Make an empty folder for one attempt, and remove it afterwards."""

    def standing(self, user_id: str) -> Standing | None:
        """Look a user's account up; return None without an answer. See `stoker.access.standing`."""

    def stored_bytes(self, user_id: str) -> int | None:
        """Return the number of bytes that a user stores; None without an answer. See `stoker.storage.usage`."""


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

    def outputs_behind(self, after: str, limit: int) -> list[str]:
        """Return the names of the first objects of any job behind a name, sorted."""
        from stoker.storage.outputs import list_all_objects

        return list(islice(list_all_objects(after), limit))

    def delete_outputs(self, names: Sequence[str]) -> None:
        """Delete objects, if they exist."""
        from stoker.storage.outputs import delete_objects

        delete_objects(names)

    def workspace(self) -> AbstractContextManager[Path]:
        """Make an empty folder for one attempt, and remove it afterwards."""
        return workspace()

    def standing(self, user_id: str) -> Standing | None:
        """Look a user's account up; return None without an answer. See `stoker.access.standing`."""
        return standing(user_id)

    def stored_bytes(self, user_id: str) -> int | None:
        """Return the number of bytes that a user stores; None without an answer. See `stoker.storage.usage`."""
        from stoker.storage.usage import stored_bytes

        try:
            return within(COUNT_SECONDS, lambda: stored_bytes(user_id))
        except Exception as error:
            # The job must not wait for Cloud Storage. The owner's next job counts again.
            log_error("A user's files could not be counted; the job goes on.", error, userId=user_id)
            return None


Used = TypeVar("Used", bound=Store)

_store: Store = FirebaseStore()


def store() -> Store:
    """Return the store that the engine works on."""
    return _store


@contextmanager
def using(other: Used) -> Iterator[Used]:
    """Let the engine work on another store during the block, in all threads of the process. For tests."""
    global _store
    before, _store = _store, other
    try:
        yield other
    finally:
        _store = before
