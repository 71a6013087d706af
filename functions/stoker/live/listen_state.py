"""The state of a listener: the documents of its target, as Firestore's messages tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.cloud.firestore_v1.types import Target, TargetChange

TARGET_ID = 1
"""The number of the one target of a stream."""

TargetMessage: Any = Target.pb()
_Kind = TargetChange.TargetChangeType

Changes = Mapping[str, Any | None]
"""The changed documents by their full names, as plain protobuf messages; None for a document that is no longer among
the results."""

Version = tuple[int, int]


@dataclass(frozen=True)
class ListenSnapshot:
    """A consistent state of the results, as the difference to the one before.

    Attributes:
        changes: The changed documents. A document that was sent again unchanged is left out.
        read_time: The time of the state, as a plain protobuf message.
    """

    changes: Changes
    read_time: Any


@dataclass(frozen=True)
class Mismatch:
    """The finding that the state is wrong: Firestore counts another number of documents. Listen anew."""


@dataclass(frozen=True)
class TargetRemoved:
    """The end of the listening by Firestore, because of an error.

    Attributes:
        code: The number of a gRPC code.
        message: Firestore's sentence.
    """

    code: int
    message: str


class ListenState:
    """The documents that a target had at its last consistent state, and the changes since then.

    The changes wait until Firestore says that they are complete. If the stream ends before, they are forgotten, because
    the resume token is that of the last consistent state.

    The state keeps the update times alone, and not the documents.

    Args:
        target: The query or the document to listen to, as a plain protobuf message of a `Target`.
    """

    def __init__(self, target: Any) -> None:
        self._target = target
        self._versions: dict[str, Version] = {}
        self._token = b""
        self._read_time: Version = (0, 0)
        # The changes that wait: documents, and None for those that were removed.
        self._waiting: dict[str, Any | None] = {}
        # True if the changes that wait are all documents. Then a document that is not among them has left the results.
        self._is_whole = True
        self._is_current = False

    def begin(self) -> Any:
        """Begin a new stream, and return the target to send.

        Firestore then sends the changes since the last consistent state. If there was none, or if it has turned out
        wrong, Firestore sends all documents.
        """
        self._forget()
        target = TargetMessage()
        target.CopyFrom(self._target)
        target.target_id = TARGET_ID
        if self._token:
            target.resume_token = self._token
            # So Firestore tells its own count where it knows of another one.
            target.expected_count.value = len(self._versions)
        return target

    def apply(self, message: Any) -> ListenSnapshot | Mismatch | TargetRemoved | None:
        """Apply a message, and return what follows from it; None if nothing follows yet.

        Args:
            message: A `ListenResponse`, as a plain protobuf message.
        """
        match message.WhichOneof("response_type"):
            case "target_change":
                return self._change_target(message.target_change)
            case "document_change":
                change = message.document_change
                if TARGET_ID in change.target_ids:
                    self._waiting[change.document.name] = change.document
                elif TARGET_ID in change.removed_target_ids:
                    self._waiting[change.document.name] = None
            case "document_delete":
                self._waiting[message.document_delete.document] = None
            case "document_remove":
                self._waiting[message.document_remove.document] = None
            case "filter" if message.filter.count != self._count():
                self._token = b""
                return Mismatch()
        return None  # Messages of other kinds, which later versions may send, tell nothing about documents.

    def _forget(self) -> None:
        """Forget the changes that wait."""
        self._waiting = {}
        self._is_whole = not self._token
        self._is_current = False

    def _change_target(self, change: Any) -> ListenSnapshot | TargetRemoved | None:
        match change.target_change_type:
            case _Kind.CURRENT:
                self._is_current = True
            case _Kind.RESET:
                self._token = b""
                self._forget()
            case _Kind.REMOVE:
                # 13 is the code INTERNAL, for an end without a reason.
                return TargetRemoved(change.cause.code or 13, change.cause.message or "Firestore has ended it.")
            case _Kind.NO_CHANGE if self._is_current and not change.target_ids and change.HasField("read_time"):
                return self._consistent(change)
        return None

    def _consistent(self, change: Any) -> ListenSnapshot | None:
        time = (change.read_time.seconds, change.read_time.nanos)
        if time < self._read_time:
            # The state is older than the last one, as it may be after a new stream. A later one follows.
            # Source: https://github.com/firebase/firebase-js-sdk (remote_store.ts, lastRemoteSnapshotVersion)
            return None
        self._read_time = time
        changes: dict[str, Any | None] = {}
        if self._is_whole:
            gone = [name for name in self._versions if self._waiting.get(name) is None]
            changes.update(dict.fromkeys(gone))
        for name, document in self._waiting.items():
            if document is None:
                if name in self._versions:
                    changes[name] = None
            elif self._versions.get(name, (0, 0)) < version_of(document):
                # Of a document that is there, an older version may be sent again on a new stream. It is not told.
                changes[name] = document
        for name, document in changes.items():
            if document is None:
                del self._versions[name]
            else:
                self._versions[name] = version_of(document)
        self._waiting = {}
        self._is_whole = False
        self._token = change.resume_token or self._token
        return ListenSnapshot(changes, change.read_time)

    def _count(self) -> int:
        """Return the number of documents with the changes that wait."""
        there = sum(document is not None for document in self._waiting.values())
        if self._is_whole:
            return there
        return there + len(self._versions) - sum(name in self._versions for name in self._waiting)


def version_of(document: Any) -> Version:
    """Return the update time of a document, in seconds and nanoseconds. Every write that changes a document changes it.

    Args:
        document: The document, as a plain protobuf message.
    """
    return document.update_time.seconds, document.update_time.nanos
