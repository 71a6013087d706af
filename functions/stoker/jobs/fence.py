"""Writes to one document that are refused once anyone else has written it."""

from datetime import datetime
from typing import Any

from google.api_core import exceptions
from google.cloud import firestore


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

    def look_again(self) -> dict[str, Any] | None:
        """Reads the document; from here on, writes are fenced by what it is now.

        Returns:
            Its fields, or None where it is gone.
        """
        snapshot = self.reference.get()
        if not snapshot.exists:
            return None
        self._update_time = snapshot.update_time
        return snapshot.to_dict() or {}
