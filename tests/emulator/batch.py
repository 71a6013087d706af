"""What the tests of batch jobs work on: a user's documents, and jobs that the tests drive."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from google.cloud import firestore

from stoker import config
from stoker.batch.work import process_batch
from stoker.firestore.client import client
from stoker.jobs.work import work


def write_tasks(user_id: str, count: int, **fields: Any) -> list[str]:
    """Writes tasks of a user's as an admin would; returns their ids, sorted."""
    names = sorted(f"{uuid4().hex[:12]}" for _ in range(count))
    write_documents(config.TASKS, {name: task(name, user_id, **fields) for name in names})
    return names


def task(name: str, user_id: str, **fields: Any) -> dict[str, Any]:
    """A task as it must be."""
    now = datetime.now(UTC)
    good = {"id": name, "userId": user_id, "title": "Water the plants", "status": "todo", "priority": "low"}
    more = {"category": "home", "tags": ["green"], "subtasks": [], "createdAt": now, "updatedAt": now}
    return {**good, **more, **fields}


def write_documents(collection: str, documents: dict[str, dict[str, Any]]) -> None:
    batch = client().batch()
    for name, data in documents.items():
        batch.set(client().collection(collection).document(name), data)
    batch.commit()


def tasks_of(user_id: str) -> dict[str, dict[str, Any]]:
    """What there is of a user's tasks, by their ids."""
    tasks = client().collection(config.TASKS).where(filter=firestore.FieldFilter("userId", "==", user_id))
    return {one.id: one.to_dict() or {} for one in tasks.stream()}


class BatchJob:
    """A job that no trigger knows of, because `config.JOBS` names a collection of the test's own."""

    def __init__(self, user_id: str, job_input: dict[str, Any], **fields: Any) -> None:
        assert config.JOBS != "processingJobs"
        self.reference = client().collection(config.JOBS).document()
        job = {"id": self.reference.id, "userId": user_id, "type": "batch-operation", "input": job_input}
        self.reference.set({**job, "status": "pending", "createdAt": datetime.now(UTC), "maxAttempts": 20, **fields})

    @property
    def id(self) -> str:
        return str(self.reference.id)

    def data(self) -> dict[str, Any]:
        return self.reference.get().to_dict() or {}

    def work(self) -> dict[str, Any]:
        """Makes an attempt; returns the document after it."""
        work(self.id, process_batch)
        return self.data()

    def lapse(self) -> None:
        """Lets the lease of an attempt that died be over."""
        if "lease" in self.data():
            self.reference.update({"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})


Step = Callable[[], object]


def figures(output: dict[str, Any]) -> tuple[int, int, int]:
    """What an output says of how many items."""
    return output["total"], output["succeeded"], output["failed"]


def items(output: dict[str, Any]) -> Sequence[str]:
    """Which items an output says have failed."""
    return [failure["item"] for failure in output["failures"]]
