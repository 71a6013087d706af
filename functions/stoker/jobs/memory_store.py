"""The store in memory, for tests that need no emulator."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stoker.access.standing import Standing
from stoker.firestore.documents import Documents
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.host import SYSTEM, Host
from stoker.jobs.states import JobState
from stoker.jobs.workspace import workspace


@dataclass(frozen=True)
class QueuedTask:
    """A task in a queue.

    Attributes:
        queue: The name of the queue.
        job_id: The job.
        occasion: The reason for the task. A second task of the same job and occasion is dropped.
        due: The time before which the task must not run; None for at once.
    """

    queue: str
    job_id: str
    occasion: str
    due: datetime | None = None


class MemoryStore:
    """A store in memory.

    Args:
        host: The clock, the random numbers and the threads; the machine's own if it is left out.

    Attributes:
        tasks: All tasks that were ever put into a queue, in this order.
        outputs: The names of the objects that attempts have uploaded.
        standings: The standings of users, by uid. The standing of any other user is not known.
        stored: The number of bytes that users store, by uid. Any other user stores nothing.
    """

    def __init__(self, host: Host = SYSTEM) -> None:
        self.host = host
        self.documents: Documents = MemoryDocuments(host.now)
        self.tasks: list[QueuedTask] = []
        self.outputs: set[str] = set()
        self.standings: dict[str, Standing] = {}
        self.stored: dict[str, int] = {}
        self._known: set[tuple[str, str]] = set()

    def enqueue(self, job: JobState, occasion: str, due: datetime | None = None) -> None:
        """Keep a task, unless a task of the same job and occasion was kept before."""
        if (job.id, occasion) not in self._known:
            self._known.add((job.id, occasion))
            self.tasks.append(QueuedTask(job.queue.name, job.id, occasion, due))

    def list_outputs(self, user_id: str, job_id: str) -> list[str]:
        """Return the names of all objects that the attempts at a job have uploaded."""
        return sorted(name for name in self.outputs if name.startswith(f"job-outputs/{user_id}/{job_id}/"))

    def outputs_behind(self, after: str, limit: int) -> list[str]:
        """Return the names of the first objects of any job behind a name, sorted."""
        return [name for name in sorted(self.outputs) if name > after][:limit]

    def delete_outputs(self, names: Sequence[str]) -> None:
        """Delete objects, if they exist."""
        self.outputs -= set(names)

    def workspace(self) -> AbstractContextManager[Path]:
        """Make an empty folder for one attempt, and remove it afterwards."""
        return workspace()

    def standing(self, user_id: str) -> Standing | None:
        """Return the standing of a user; None if it is not known."""
        return self.standings.get(user_id)

    def stored_bytes(self, user_id: str) -> int | None:
        """Return the number of bytes that a user stores."""
        return self.stored.get(user_id, 0)
