"""The documents of a user, and batch jobs that the tests drive."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from google.cloud import firestore
from google.cloud.firestore_v1.types import Document

from stoker import config
from stoker.batch.worker import process_batch
from stoker.firestore.client import client
from stoker.jobs.attempt import run_attempt
from stoker.queries import trees
from stoker.storage.client import bucket


def write_tasks(user_id: str, count: int, **fields: Any) -> list[str]:
    """Writes tasks of a user's as an admin would; returns their ids, sorted."""
    names = sorted(f"{uuid4().hex[:12]}" for _ in range(count))
    write_documents(config.TASKS, {name: task(name, user_id, **fields) for name in names})
    return names


def task(name: str, user_id: str, **fields: Any) -> dict[str, Any]:
    """Return a valid task."""
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
    """Return a user's tasks, by their ids."""
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
        run_attempt(self.id, process_batch)
        return self.data()

    def lapse(self) -> None:
        """Lets the lease of an attempt that died be over."""
        if "lease" in self.data():
            self.reference.update({"lease.expiresAt": datetime.now(UTC) - timedelta(seconds=1)})


def figures(output: dict[str, Any]) -> tuple[int, int, int]:
    """Return the numbers of an output: all items, the successful and the failed."""
    return output["total"], output["succeeded"], output["failed"]


def items(output: dict[str, Any]) -> Sequence[str]:
    """Return the items that failed, by an output."""
    return [failure["item"] for failure in output["failures"]]


def write_everything(user_id: str, tasks: int = 5) -> None:
    """Write documents of every kind that a user may have, as the server would."""
    now = datetime.now(UTC)
    own = {"userId": user_id, "createdAt": now, "updatedAt": now}
    names = write_tasks(user_id, tasks)
    project, event, old_job = (uuid4().hex for _ in range(3))
    write_documents(f"tasks/{names[0]}/comments", {"first": {"text": "Too wet"}})
    write_documents("projects", {project: {"id": project, "name": "Garden", **own}})
    write_documents(f"projects/{project}/plans/missing/years", {"2027": {"beds": 3}})
    write_documents("analyticsEvents", {event: {"id": event, "name": "task.done", **own}})
    ended = {"id": old_job, "type": "video-processing", "input": {}, "status": "completed", **own}
    write_documents(config.JOBS, {old_job: ended})
    write_documents(config.JOB_KEYS, {f"key-{uuid4().hex}": {"jobId": old_job, "userId": user_id}})
    write_documents("users", {user_id: {"id": user_id, "displayName": "Ada", "likes": [1.5, float("nan"), b"\x00"]}})
    write_documents(f"users/{user_id}/notes", {"one": {"text": "Hello", "at": firestore.GeoPoint(1, 2)}})
    write_documents(f"users/{user_id}/missing/parent/leaves", {"deep": {"ref": client().document("tasks/x")}})
    for number in range(3):
        put_file(f"user-uploads/{user_id}/films/{number}.mp4", b"film" * number)
    put_file(f"job-outputs/{user_id}/{old_job}/1-abc/poster.jpg", b"picture")
    put_file(f"job-outputs/{user_id}/{old_job}/1-abc/export-001.zip", b"an earlier export")


def put_file(name: str, content: bytes, content_type: str = "video/mp4") -> None:
    bucket().blob(name).upload_from_string(content, content_type=content_type)


def documents_that_name(user_id: str) -> set[str]:
    """The paths of all documents of the database that have a user's id anywhere in them."""
    # Their bytes are searched: the other tests' documents are many, and slow to make readable.
    wanted = user_id.encode()
    every = (Document.pb(document) for document in trees.below(""))
    found = (one.name for one in every if wanted in one.SerializeToString())
    return {name.partition("/documents/")[2] for name in found}


def files_of(user_id: str) -> set[str]:
    """The names of all objects that are a user's."""
    prefixes = (f"user-uploads/{user_id}/", f"job-outputs/{user_id}/")
    below = {blob.name for prefix in prefixes for blob in bucket().list_blobs(prefix=prefix)}
    folder = f"user-uploads/{user_id}"
    return below | ({folder} if bucket().blob(folder).exists() else set())
