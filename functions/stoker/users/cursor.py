"""How far a reconcile has come, so that the next one goes on from there."""

from datetime import UTC, datetime

from stoker import config
from stoker.firestore.client import client
from stoker.firestore.deadline import patience


def load(name: str) -> str | None:
    """Where to go on; None for the beginning."""
    found = client().collection(config.RECONCILES).document(name).get(**patience(reads=True))
    after = (found.to_dict() or {}).get("after")
    return after if isinstance(after, str) and after else None


def save(name: str, after: str | None) -> None:
    """Says where to go on; None for the beginning."""
    place = {"after": after, "updatedAt": datetime.now(UTC)}
    client().collection(config.RECONCILES).document(name).set(place, **patience(reads=False))
