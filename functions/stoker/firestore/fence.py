"""Writes to a document that are refused once anyone else has written the document."""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from stoker.firestore.documents import Documents, StoredDocument
from stoker.firestore.writes import ExtraWrites, Update, Written


class Fence:
    """A document's last known write. Each further write depends on it and replaces it, so that no write needs a read.

    Args:
        documents: The database.
        document: The document as it was read.
    """

    def __init__(self, documents: Documents, document: StoredDocument) -> None:
        self.path = document.path
        self.update_time = document.update_time
        self._documents = documents

    def write(self, fields: Mapping[str, Any], extra: ExtraWrites = ()) -> list[Written]:
        """Update fields of the document.

        Args:
            fields: By field path; each write also sets `updatedAt` to the server's time.
            extra: Writes of other documents in the same commit.

        Returns:
            The answers: to the document's write, then to the others.

        Raises:
            Conflict: Someone else has written the document, or a condition of the other writes does not hold. Nothing
                was changed.
        """
        update = Update(self.path, {**fields, "updatedAt": SERVER_TIMESTAMP}, self.update_time)
        results = self._documents.commit([update, *extra])
        self.update_time = results[0].update_time
        return results

    def look(self) -> StoredDocument | None:
        """Read the document as it is now, to find out who wrote it. Writes stay refused until `accept`."""
        return self._documents.get(self.path)

    def accept(self, document: StoredDocument) -> None:
        """Let further writes depend on this state of the document, which someone else has written."""
        self.update_time = document.update_time
