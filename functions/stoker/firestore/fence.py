"""The fence of a document: it refuses each write after another writer has changed the document."""

from collections.abc import Mapping
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from stoker.firestore.documents import Documents, StoredDocument
from stoker.firestore.writes import ExtraWrites, Update, Written


class Fence:
    """The last known update time of a document.

    Each write needs it as a condition, and renews it. So no write needs a read.

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
            fields: The fields, by field path. Each write also sets `updatedAt` to the server's time.
            extra: Writes of other documents in the same commit.

        Returns:
            The answer to the document's write, and then the answers to the other writes.

        Raises:
            Conflict: Another writer has changed the document, or a condition of the other writes does not hold. Nothing
                was written.
        """
        update = Update(self.path, {**fields, "updatedAt": SERVER_TIMESTAMP}, self.update_time)
        results = self._documents.commit([update, *extra])
        self.update_time = results[0].update_time
        return results

    def look(self) -> StoredDocument | None:
        """Read the document as it is now, to find its last writer. Writes stay refused until `accept`."""
        return self._documents.get(self.path)

    def accept(self, document: StoredDocument) -> None:
        """Let further writes depend on this state of the document, which another writer has made."""
        self.update_time = document.update_time
