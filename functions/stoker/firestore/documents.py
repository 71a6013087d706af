"""The database as the engine uses it: read, find and commit documents.

`memory_documents.py` is another database in memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker.firestore.api_errors import REFUSED, conflict_of
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Create, Delete, Merge, Update, Write, Written, flat


@dataclass(frozen=True)
class StoredDocument:
    """A document as it was read.

    Attributes:
        path: The path, such as `processingJobs/jO4Nfx7HgAfqnLd1Mmd7`.
        data: All fields, or the fields that were asked for. Any client may have written them.
        update_time: The time of the document's last write.
        readable: Whether all fields could be decoded.
        create_time: The time at which the document was created. It changes if the document is deleted and created
            again.
    """

    path: str
    data: Mapping[str, Any]
    update_time: datetime
    readable: bool = True
    create_time: datetime | None = None

    @property
    def id(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @classmethod
    def of(cls, snapshot: DocumentSnapshot[Any]) -> "StoredDocument":
        """Return the document of a snapshot that exists."""
        return cls(
            snapshot.reference.path,
            snapshot.to_dict() or {},
            snapshot.update_time,
            create_time=snapshot.create_time,
        )


class Documents(Protocol):
    """A database of documents."""

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        """Read a document, or some of its fields; return None if it does not exist.

        Raises:
            ValueError: A field that was read holds a reference into another database, which can't be decoded.
            InvalidArgument: No document can have this path.
        """

    def get_all(self, paths: Sequence[str], fields: Sequence[str] = ()) -> list[StoredDocument]:
        """Read several documents, or some of their fields. Documents that do not exist are left out."""

    def find(self, selection: Selection) -> list[StoredDocument]:
        """Read the documents of a selection."""

    def count(self, selection: Selection) -> int:
        """Count the documents of a selection."""

    def count_and_sum(self, selection: Selection, field: str) -> tuple[int, float]:
        """Count the documents of a selection that have a field, and add the field up.

        Firestore reads both from an index, in which documents without the field are missing.
        """

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        """Make all writes, or none; return the answer to each write.

        Args:
            writes: The writes. Each document has at most one.
            once: Whether the commit is sent only once. Otherwise, the client library sends it again if its answer is
                lost.

        Raises:
            Conflict: A condition of a write does not hold. Nothing was written.
        """


class FirestoreDocuments:
    """The process's Firestore database."""

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        """Read a document; see `Documents`."""
        snapshot = client().document(path).get(field_paths=list(fields) or None, **patience(reads=True))
        return StoredDocument.of(snapshot) if snapshot.exists else None

    def get_all(self, paths: Sequence[str], fields: Sequence[str] = ()) -> list[StoredDocument]:
        """Read several documents; see `Documents`."""
        references = [client().document(path) for path in paths]
        found = client().get_all(references, field_paths=list(fields) or None, **patience(reads=True))
        return [StoredDocument.of(snapshot) for snapshot in found if snapshot.exists]

    def find(self, selection: Selection) -> list[StoredDocument]:
        """Read the documents of a selection; see `Documents`."""
        return [StoredDocument.of(snapshot) for snapshot in selection.query().get(**patience(reads=True))]

    def count(self, selection: Selection) -> int:
        """Count; see `Documents`."""
        # `Any`, as in `count_and_sum`.
        counting: Any = selection.query().count(alias="count")
        return int(counting.get(**patience(reads=True))[0][0].value)

    def count_and_sum(self, selection: Selection, field: str) -> tuple[int, float]:
        """Count and add up; see `Documents`."""
        # The library's annotations are wrong here: the answer is a list of lists, of the results of each aggregation.
        counting: Any = selection.query().count(alias="count")
        results = counting.sum(field, alias="sum").get(**patience(reads=True))[0]
        answers = {result.alias: result.value or 0 for result in results}
        return int(answers["count"]), float(answers["sum"])

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        """Make all writes, or none; see `Documents`."""
        batch = client().batch()
        for write in writes:
            _add(batch, write)
        try:
            results = batch.commit(**{**patience(reads=False), **({"retry": None} if once else {})})
        except REFUSED as error:
            raise conflict_of(error) from error
        return [
            Written(result.update_time, dict(zip(_added(write), _numbers(result.transform_results), strict=True)))
            for write, result in zip(writes, results, strict=True)
        ]


def _add(batch: firestore.WriteBatch, write: Write) -> None:
    reference = client().document(write.path)
    match write:
        case Create():
            batch.create(reference, dict(write.fields))
        case Update(update_time=None):
            batch.update(reference, dict(write.fields))
        case Update():
            option = firestore.Client.write_option(last_update_time=write.update_time)
            batch.update(reference, dict(write.fields), option=option)
        case Merge():
            batch.set(reference, dict(write.fields), merge=True)
        case Delete(update_time=None):
            batch.delete(reference, option=firestore.Client.write_option(exists=True))
        case Delete():
            batch.delete(reference, option=firestore.Client.write_option(last_update_time=write.update_time))


def _added(write: Write) -> list[str]:
    """Return the field paths of a write's `Increment`s, in the order in which the client library sends them."""
    fields = (
        () if isinstance(write, Delete) else flat(write.fields) if isinstance(write, Merge) else write.fields.items()
    )
    return sorted(
        (name for name, value in fields if isinstance(value, firestore.Increment)), key=lambda name: name.split(".")
    )


def _numbers(results: Any) -> tuple[Any, ...]:
    """Return the new values of a write's `Increment`s. The server's times in the results are left out."""
    kinds = [(value, value._pb.WhichOneof("value_type")) for value in results]
    return tuple(getattr(value, kind) for value, kind in kinds if kind in ("integer_value", "double_value"))
