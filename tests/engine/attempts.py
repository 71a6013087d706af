"""Attempts that the state machine makes, and the documents that it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.legal import Fields
from stoker.firestore.documents import StoredDocument
from stoker.firestore.writes import Update
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.children import ChildJob
from stoker.jobs.job import path_of
from stoker.jobs.lease import Lease
from stoker.jobs.progress import Heartbeat
from stoker.jobs.store import store

CHILD = ChildJob("video-processing", {"source": "user-uploads/ada/cat.mov"})


@dataclass
class Run:
    """An attempt of a worker. It may have lost the job without knowing it."""

    held: Lease
    heartbeat: Heartbeat
    progress: float = 0
    knows_of_cancel: bool = False

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Return whether the document has this attempt's lease."""
        return bool((data.get("lease") or {}).get("token") == self.held.state.lease_token)


def taken(job_id: str) -> Lease | None:
    try:
        return begin_attempt(job_id)
    except NotYetDue:
        return None


def good(owner: str) -> Fields:
    fields = {"type": CHILD.type, "input": CHILD.input, "status": "pending", "createdAt": datetime.now(UTC)}
    return {**fields, "userId": owner}


def found(job_id: str) -> StoredDocument:
    there = store().documents.get(path_of(job_id))
    assert there is not None
    return there


def write(job_id: str, fields: Fields) -> None:
    """Write as an owner, an admin or the clock would."""
    store().documents.commit([Update(path_of(job_id), fields)])
