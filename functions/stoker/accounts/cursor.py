"""The cursor of a reconcile: the place from which its next run goes on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.deadline import patience


def load(name: str) -> str | None:
    """Return the place from which to go on; None for the beginning.

    Args:
        name: The name of the reconcile.
    """
    after = record(name).get("after")
    return after if isinstance(after, str) and after else None


def record(name: str) -> Mapping[str, Any]:
    """Return all fields that a reconcile has saved. The map is empty before the first save.

    Args:
        name: The name of the reconcile.
    """
    found = client().collection(config.RECONCILES).document(name).get(**patience(reads=True))
    return found.to_dict() or {}


def save(name: str, after: str | None, **more: Any) -> None:
    """Save the place from which the next run goes on.

    Args:
        name: The name of the reconcile.
        after: The place; None for the beginning.
        more: Further fields that the next run needs.
    """
    place = {**more, "after": after, "updatedAt": datetime.now(UTC)}
    client().collection(config.RECONCILES).document(name).set(place, **patience(reads=False))
