"""Events of the server's own: written once under an id that follows from what happened."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from stoker import config
from stoker.firestore.api_errors import TRANSIENT, DocumentExists
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.writes import Create
from stoker.logs import JobLog
from stoker.models.analytics import SERVER_ID, ServerEvent

SECONDS = 5.0
"""The longest that recording may hold up what it is a record of, all tries included."""


def record_event(
    name: str,
    user_id: str,
    *,
    id: str,
    value: float | None = None,
    properties: Mapping[str, str | bool | int | float | None] | None = None,
    occurred_at: datetime | None = None,
) -> bool:
    """Record that something happened; called again for the same thing, it changes nothing.

    It is meant for what must succeed without it, a sign-up or a completed task: where Firestore does not answer, that
    is logged, and the event is lost. Where it must not be, write the document in the commit of what happened.

    Args:
        name: What, such as `task.completed`: one of `SERVER_EVENTS` in `stoker.models.analytics`.
        user_id: To whom.
        id: What tells it from all else that happens under this name, such as the task's id and the time.
        value: A figure that is added up.
        properties: What else is to be known of it.
        occurred_at: When; now where it is left out.

    Returns:
        Whether it is recorded, now or before.

    Raises:
        ValidationError: There can be no such event, or clients may record events of this name.

    Example:
        >>> record_event("task.completed", "ada", id="spring/1", value=25.0)  # doctest: +SKIP
        True
    """
    now = datetime.now(UTC)
    # Hashed, so that ids which follow one another do not lie beside each other in the index.
    event = ServerEvent(
        id=SERVER_ID + hashlib.sha256(f"{name}\0{user_id}\0{id}".encode()).hexdigest()[:32],
        user_id=user_id,
        name=name,
        value=value,
        properties=dict(properties or {}),
        occurred_at=occurred_at or now,
        created_at=now,
        rolled_up=False,
    )
    try:
        with deadline(SECONDS):
            FirestoreDocuments().commit([Create(f"{config.ANALYTICS_EVENTS}/{event.id}", event.to_firestore())])
    except DocumentExists:
        return True
    except TRANSIENT as error:
        JobLog("").error(f"An event {name} was lost, since Firestore did not answer.", error)
        return False
    return True
