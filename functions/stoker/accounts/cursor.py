"""How far a reconcile has come, so that the next one goes on from there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.deadline import patience


def load(name: str) -> str | None:
    """Where to go on; None for the beginning."""
    after = record(name).get("after")
    return after if isinstance(after, str) and after else None


def record(name: str) -> Mapping[str, Any]:
    """Return all that was saved; it is empty before the first time."""
    found = client().collection(config.RECONCILES).document(name).get(**patience(reads=True))
    return found.to_dict() or {}


def save(name: str, after: str | None, **more: Any) -> None:
    """Say where to go on; None for the beginning.

    Args:
        name: Names the reconcile.
        after: The place.
        more: What else the next reconcile needs.
    """
    place = {**more, "after": after, "updatedAt": datetime.now(UTC)}
    client().collection(config.RECONCILES).document(name).set(place, **patience(reads=False))
