"""The recording of events by the server. The id follows from the event, so each event is written once."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from stoker import config, features
from stoker.firestore.api_errors import TRANSIENT, DocumentExists
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.writes import Create
from stoker.logs import JobLog
from stoker.models.analytics import SERVER_ID, ServerEvent

SECONDS = 5.0
"""The longest time that a caller is held up by the recording, in seconds, with all tries."""


def record_event(
    name: str,
    user_id: str,
    *,
    id: str,
    value: float | None = None,
    properties: Mapping[str, str | bool | int | float | None] | None = None,
    occurred_at: datetime | None = None,
) -> bool:
    """Record an event. Further calls for the same event change nothing.

    If Firestore does not answer, the failure is logged and the event is lost. So this function suits actions that must
    succeed without the event, such as a sign-up. If the event must not be lost, write its document in the same commit
    as the action.

    Args:
        name: The name of the event, such as `task.completed`: one of `SERVER_EVENTS` in `stoker.models.analytics`.
        user_id: The uid of the user to whom the event happened.
        id: A text that is different for each event of this name and user, such as the task's id.
        value: A figure that the aggregates add up.
        properties: Further facts about the event.
        occurred_at: The time of the event; None for now.

    Returns:
        Whether the event is recorded, by this call or an earlier call. False if `stoker.toml` switches analytics off.

    Raises:
        ValidationError: The event is not valid, or clients may record events of this name too.

    Example:
        >>> record_event("task.completed", "ada", id="spring/1", value=25.0)  # doctest: +SKIP
        True
    """
    if not features.has("analytics"):
        return False
    now = datetime.now(UTC)
    # The id is hashed, so that consecutive ids do not lie beside each other in the index and make a hot spot.
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
        JobLog("").error(f"An event {name} was lost, because Firestore did not answer.", error)
        return False
    return True
