"""Jobs of each kind, and the places that users hold, for the tests of limits."""

from datetime import UTC, datetime
from typing import Any

from stoker import config
from stoker.jobs.events import Succeeded
from stoker.jobs.store import store
from stoker.models.job import JobOutput

DONE = Succeeded(JobOutput(files=[]))
BATCH: dict[str, Any] = {"type": "batch-operation", "input": {"operation": "export-user-data"}}
DELETION: dict[str, Any] = {"type": "batch-operation", "input": {"operation": "delete-user-data"}}


def places(user_id: str) -> dict[str, Any]:
    """The document that holds a user's places."""
    found = store().documents.get(f"{config.JOB_USERS}/{user_id}")
    return dict(found.data) if found is not None else {}


def today() -> str:
    """The date, as that document has it."""
    return datetime.now(UTC).date().isoformat()
