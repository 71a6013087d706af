"""Jobs that the tests drive step by step."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from stoker.firestore.documents import Documents, StoredDocument
from stoker.firestore.writes import Create, Delete, Merge, Update, Write, Written
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.events import AttemptEnd, Succeeded
from stoker.jobs.job import path_of
from stoker.jobs.lease import Lease
from stoker.jobs.memory_store import MemoryStore
from stoker.jobs.perform import perform
from stoker.jobs.store import store
from stoker.models.job import JobOutput
from stoker.storage.client import bucket

NOW = datetime.now(UTC)
ENDED: dict[str, Any] = {
    "userId": "ada",
    "type": "video-processing",
    "input": {"source": "user-uploads/ada/cat.mov"},
    "status": "failed",
    "stage": "encoding",
    "progress": 40,
    "createdAt": NOW,
    "cancelRequested": True,
    "attempt": 5,
    "attempts": [{"number": 5, "startedAt": NOW, "endedAt": NOW, "errorCode": "unavailable"}],
    "error": "A service did not answer.",
    "errorCode": "unavailable",
    "startedAt": NOW,
    "completedAt": NOW,
    "expiresAt": NOW + timedelta(days=30),
    "runAfter": NOW + timedelta(days=1),
    "checkpoint": {"done": 3},
}
"""The fields of a failed job, with every field that such a job may have."""

OUTPUT = JobOutput(files=[])
DONE = Succeeded(OUTPUT)
"""The end of an attempt that was successful, without files."""


class DrivenJob:
    """A job without triggers. The test itself calls the engine's functions.

    Args:
        user_id: The owner.
        fields: Fields to write beside the usual fields, or instead of them.
    """

    def __init__(self, user_id: str = "ada", **fields: Any) -> None:
        self.id = store().host.token()
        job = {
            "id": self.id,
            "userId": user_id,
            "type": "video-processing",
            "input": {"source": f"user-uploads/{user_id}/cat.mov"},
            "status": "pending",
            "createdAt": datetime.now(UTC),
        }
        store().documents.commit([Create(self.path, {**job, **fields})])

    @classmethod
    def there(cls, job_id: str) -> "DrivenJob":
        """A job that is there already."""
        job = cls.__new__(cls)
        job.id = job_id
        return job

    @property
    def path(self) -> str:
        return path_of(self.id)

    @property
    def status(self) -> str:
        return str(self.data()["status"])

    def found(self) -> StoredDocument:
        """The document as it is read now."""
        found = store().documents.get(self.path)
        assert found is not None
        return found

    def is_there(self) -> bool:
        return store().documents.get(self.path) is not None

    def data(self) -> dict[str, Any]:
        found = store().documents.get(self.path)
        return dict(found.data) if found is not None else {}

    def set(self, data: dict[str, Any]) -> None:
        """Write the document anew."""
        if self.is_there():
            self.delete()
        store().documents.commit([Create(self.path, data)])

    def update(self, fields: dict[str, Any]) -> None:
        """Write as the owner or an admin would."""
        store().documents.commit([Update(self.path, fields)])

    def touch(self) -> None:
        """Write something that the engine does not know."""
        store().documents.commit([Merge(self.path, {"touchedAt": SERVER_TIMESTAMP})])

    def delete(self) -> None:
        store().documents.commit([Delete(self.path)])

    def take(self) -> Lease:
        """Begin an attempt."""
        lease = begin_attempt(self.id)
        assert lease is not None
        return lease

    def become_due(self) -> None:
        """Let the wait for the next attempt be over."""
        self.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})

    def lapse(self) -> None:
        """Let the lease of the attempt that runs be over."""
        self.update({"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})


def finish(lease: Lease, event: AttemptEnd) -> None:
    """End an attempt, and perform the effects of its end."""
    transition, released = lease.end(event)
    perform(lease.state, transition, released)


def upload(path: str) -> str:
    """Upload an object as an attempt does; return its name."""
    engine = store()
    if isinstance(engine, MemoryStore):
        engine.outputs.add(path)
    else:
        bucket().blob(path).upload_from_string(b"a picture", content_type="image/jpeg")
    return path


class Meddled:
    """Documents whose commits a test may let fail, or precede or follow with its own writes.

    Attributes:
        documents: The same documents, without the test's interference.
        before: Runs before each commit, with its writes. It may raise an error, which the engine then meets.
        after: Runs after each commit, in the same way.
        sent_once: For each commit, whether the client library must not send it again.
    """

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.sent_once: list[bool] = []
        self.count_and_sum: Callable[..., tuple[int, float]] = documents.count_and_sum
        self.before: Callable[[Sequence[Write]], None] = lambda writes: None
        self.after: Callable[[Sequence[Write]], None] = lambda writes: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.documents, name)

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        self.sent_once.append(once)
        self.before(writes)
        answers = self.documents.commit(writes, once=once)
        self.after(writes)
        return answers


def once(error: Exception) -> Callable[[Sequence[Write]], None]:
    """Return a function that raises an error at the first commit."""
    errors = iter([error])

    def meddle(writes: Sequence[Write]) -> None:
        for one in errors:
            raise one

    return meddle
