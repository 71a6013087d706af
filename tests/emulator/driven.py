"""Jobs that the tests drive, step by step."""

from datetime import UTC, datetime, timedelta
from typing import Any

from stoker.jobs.claim import Claim
from stoker.jobs.claiming import claim

from stoker import config
from stoker.firestore.client import client


class DrivenJob:
    """A job that no trigger hears of: the test itself calls the engine's functions.

    Args:
        user_id: The owner.
        fields: What to write beside, or instead.
    """

    def __init__(self, user_id: str = "ada", **fields: Any) -> None:
        self.reference = client().collection(config.JOBS).document()
        job = {
            "id": self.reference.id,
            "userId": user_id,
            "type": "video-processing",
            "input": {"source": f"user-uploads/{user_id}/cat.mov"},
            "status": "pending",
            "createdAt": datetime.now(UTC),
        }
        self.reference.set({**job, **fields})

    @classmethod
    def there(cls, job_id: str) -> "DrivenJob":
        """A job that is there already."""
        job = cls.__new__(cls)
        job.reference = client().collection(config.JOBS).document(job_id)
        return job

    @property
    def id(self) -> str:
        return str(self.reference.id)

    @property
    def status(self) -> str:
        return str(self.data()["status"])

    def data(self) -> dict[str, Any]:
        return self.reference.get().to_dict() or {}

    def claim(self) -> Claim:
        held = claim(self.id)
        assert held is not None
        return held

    def become_due(self) -> None:
        """Lets the wait for the next attempt be over."""
        self.reference.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})

    def lapse(self) -> None:
        """Lets the lease of the attempt that runs be over."""
        self.reference.update({"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})
