"""Lives: the simulation's own account of each job, from its creation until its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stoker.firestore.documents import StoredDocument
from stoker.firestore.memory_documents import MemoryDocuments

ENDED = ("completed", "failed", "cancelled")
ALIVE = ("pending", "processing", "running-jobs")


@dataclass
class Life:
    """A job as the simulation has seen it.

    Attributes:
        id: The document's id.
        user_id: The owner.
        born: Virtual seconds.
        data: The document after the last commit.
        attempts: The number of attempts that have begun.
        tasks: Tasks that were asked for.
        tokens: The leases of this run.
        steps: Effects of this run; a retry by hand begins a new run.
        retried: Whether it was retried by hand, or as the child of a batch that was.
        handed_back: Whether the last attempt was handed back and does not count.
        made_again: Whether a job of the same id was deleted before, as a batch's child may be.
        deleted: Whether the document is gone.
        waits_for: The reason for which the job should move on now, and the virtual time since which it holds.
    """

    id: str
    user_id: str
    born: float
    data: Mapping[str, Any]
    attempts: int = 0
    tasks: int = 0
    tokens: set[str] = field(default_factory=set)
    steps: int = 0
    runs: int = 1
    retried: bool = False
    handed_back: bool = False
    made_again: bool = False
    deleted: bool = False
    waits_for: tuple[str, float] | None = None

    @property
    def state(self) -> str:
        """The state that the document shows."""
        return state_of(self.data)


@dataclass
class Lives:
    """All jobs of a world.

    Attributes:
        documents: The database, without its network.
        by_id: The jobs, in the order of their creation.
        holding: The jobs of each user that an attempt holds.
        count: The number of jobs that were created.
    """

    documents: MemoryDocuments
    by_id: dict[str, Life] = field(default_factory=dict)
    holding: dict[str, set[str]] = field(default_factory=dict)
    count: int = 0

    def of(self, user_id: str) -> list[Life]:
        """Return a user's jobs that are not deleted."""
        return [life for life in self.by_id.values() if life.user_id == user_id and not life.deleted]

    def there(self) -> list[Life]:
        """Return the jobs that are not deleted."""
        return [life for life in self.by_id.values() if not life.deleted]

    def children(self, parent_id: str) -> list[Life]:
        """Return the jobs that a job has made and that are not deleted."""
        return [life for life in self.there() if life.data.get("parentId") == parent_id]

    def update(self, job_id: str, before: StoredDocument | None, after: StoredDocument | None, now: float) -> Life:
        """Take note of a commit."""
        life = self.by_id.get(job_id)
        if after is not None and (life is None or before is None):
            again = life is not None
            life = self.by_id[job_id] = Life(job_id, str(after.data.get("userId")), now, after.data, made_again=again)
            self.count += 1
        assert life is not None
        holding = self.holding.setdefault(life.user_id, set())
        holding.discard(job_id)
        life.deleted = after is None
        if after is None:
            return life
        if after.data.get("status") == "processing" and after.data.get("lease") is not None:
            holding.add(job_id)
        if before is not None and before.data.get("status") in ENDED and after.data.get("status") == "pending":
            life.retried, life.handed_back, life.steps = True, False, 0
            life.tokens.clear()
            life.runs += 1
        status = after.data.get("status")
        if before is not None and before.data.get("status") == "processing" and status == "pending":
            life.handed_back = after.data.get("attempt", 0) < before.data.get("attempt", 0)
        elif status != "pending":
            life.handed_back = False
        life.data = after.data
        return life


def state_of(data: Mapping[str, Any]) -> str:
    """Return the state that a document shows. Written apart from the engine's own."""
    if data.get("status") == "processing" and data.get("children") is not None and data.get("lease") is None:
        return "running-jobs"
    return str(data.get("status"))
