"""Writes to one document that are refused once anyone else has written it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot
from google.cloud.firestore_v1.types import WriteResult

from stoker.firestore.client import client

Also = Callable[[firestore.WriteBatch], None]
"""Adds writes of other documents to a commit."""


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

    @property
    def update_time(self) -> datetime:
        """The document's update time as last seen."""
        return self._update_time

    def write(self, fields: dict[str, Any], also: Also | None = None) -> Sequence[WriteResult]:
        """Updates fields of the document.

        Args:
            fields: By field path; every write also sets `updatedAt` to the server's time.
            also: Other documents to write in the same commit: all is written, or nothing.

        Returns:
            Firestore's answers: to the document's write, then to the others.

        Raises:
            FenceBroken: Someone else has written it, or a condition of the other writes does not hold. Nothing was
                changed.
        """
        batch = client().batch()
        option = firestore.Client.write_option(last_update_time=self._update_time)
        batch.update(self.reference, {**fields, "updatedAt": firestore.SERVER_TIMESTAMP}, option=option)
        if also is not None:
            also(batch)
        try:
            results = batch.commit()
        except (exceptions.FailedPrecondition, exceptions.NotFound, exceptions.AlreadyExists):
            raise FenceBroken(self.reference.path) from None
        self._update_time = results[0].update_time
        return results

    def look(self) -> DocumentSnapshot[Any]:
        """Reads the document as it is now, to find out who wrote it. Writes stay refused until `accept`."""
        return self.reference.get()

    def accept(self, snapshot: DocumentSnapshot[Any]) -> None:
        """Takes what someone else wrote for good: from here on, writes are fenced by that."""
        self._update_time = snapshot.update_time
