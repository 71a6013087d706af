"""Writes to one document that are refused once anyone else has written it."""

from datetime import datetime
from typing import Any, Self

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker.firestore.client import client


class FenceBroken(Exception):
    """Someone else has written the document, or deleted it, since we last saw it."""


class Fence:
    """Carries the time of the last write that we know from one write to the next, so that none needs a read.

    Args:
        reference: The document.
        update_time: Its update time as last seen.
    """

    def __init__(self, reference: firestore.DocumentReference, update_time: datetime) -> None:
        self.reference = reference
        self._update_time = update_time

    @classmethod
    def of(cls, snapshot: DocumentSnapshot[Any]) -> Self:
        """The fence of a document as it was read."""
        # Not a trigger's `snapshot.reference`: that one brings a Firestore client of its own for each event.
        path = snapshot.reference.path
        return cls(client().document(path), snapshot.update_time)

    def write(self, fields: dict[str, Any]) -> None:
        """Updates fields of the document.

        Args:
            fields: By field path; every write also sets `updatedAt` to the server's time.

        Raises:
            FenceBroken: Someone else has written it. Nothing was changed.
        """
        option = firestore.Client.write_option(last_update_time=self._update_time)
        changed = {**fields, "updatedAt": firestore.SERVER_TIMESTAMP}
        try:
            self._update_time = self.reference.update(changed, option=option).update_time
        except (exceptions.FailedPrecondition, exceptions.NotFound):
            raise FenceBroken(self.reference.path) from None

    def look(self) -> DocumentSnapshot[Any]:
        """Reads the document as it is now, to find out who wrote it. Writes stay refused until `accept`."""
        return self.reference.get()

    def accept(self, snapshot: DocumentSnapshot[Any]) -> None:
        """Takes what someone else wrote for good: from here on, writes are fenced by that."""
        self._update_time = snapshot.update_time
