"""How far a reconcile has come, so that the next one goes on from there."""

from datetime import UTC, datetime

from stoker import config
from stoker.firestore.client import client


def load(name: str) -> str | None:
    """Where to go on; None for the beginning."""
    after = (client().collection(config.RECONCILES).document(name).get().to_dict() or {}).get("after")
    return after if isinstance(after, str) and after else None


def save(name: str, after: str | None) -> None:
    """Says where to go on; None for the beginning."""
    client().collection(config.RECONCILES).document(name).set({"after": after, "updatedAt": datetime.now(UTC)})
