"""The event that says that a job has ended. It is written in the commit of the end, so that each end has one."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore import WriteBatch
from pydantic import ValidationError

from stoker import config
from stoker.firestore.client import client
from stoker.jobs.fence import Also
from stoker.models.analytics import AnalyticsEvent
from stoker.models.job import has_ended


def ended_event(job: Mapping[str, Any], fields: Mapping[str, Any]) -> Also:
    """What to write in the commit that ends a job: `job.completed`, `job.failed` or `job.cancelled`, with the seconds
    since it was created as its value. Nothing, where the commit ends no job, or that of nobody who could have events.

    Args:
        job: The document as it was read; anyone may have written it.
        fields: What is written into it.
    """
    event = _event(job, fields)

    def write(batch: WriteBatch) -> None:
        if event is not None:
            batch.create(client().collection(config.ANALYTICS_EVENTS).document(event.id), event.to_firestore())

    return write


def _event(job: Mapping[str, Any], fields: Mapping[str, Any]) -> AnalyticsEvent | None:
    status, began = fields.get("status"), job.get("createdAt")
    if not has_ended(status) or _is_farewell(job):
        return None
    now = datetime.now(UTC)
    failed = {"errorCode": str(fields["errorCode"])} if status == "failed" else {}
    try:
        return AnalyticsEvent(
            id=secrets.token_hex(10),
            user_id=job.get("userId"),  # type: ignore[arg-type] # whatever it is: that is seen below
            name=f"job.{status}",
            properties={"type": str(job.get("type")), **failed},
            value=max(0.0, (now - began).total_seconds()) if isinstance(began, datetime) else None,
            occurred_at=now,
            created_at=now,
            rolled_up=False,
        )
    except ValidationError:
        return None  # The job ends because nobody could own it, or because its type is no word.


def _is_farewell(job: Mapping[str, Any]) -> bool:
    """Whether the job deletes all that there is of its user, of whom nothing must be written after it."""
    given = job.get("input")
    return isinstance(given, Mapping) and given.get("operation") == "delete-user-data"
