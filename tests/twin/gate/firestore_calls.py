"""The calls of Firestore that Stoker makes, with the permissions that Google checks for each.

Source: https://cloud.google.com/firestore/docs/security/iam
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from google.cloud.firestore_v1.types import CommitRequest, Write

ENTITIES = "datastore.entities."

Kind = Literal["unary", "answers", "both"]
"""`unary`: one request, one answer. `answers`: one request, many answers. `both`: many of both."""

READING = (f"{ENTITIES}get",)
FINDING = (f"{ENTITIES}get", f"{ENTITIES}list")


@dataclass(frozen=True)
class FirestoreCall:
    """A call.

    Attributes:
        kind: See `Kind`.
        permissions: The permissions that it needs, from the bytes of its request. If there are many requests, the bytes
            are empty.
    """

    kind: Kind
    permissions: Callable[[bytes], tuple[str, ...]]


def of_writes(request: bytes) -> tuple[str, ...]:
    """Return the permissions that a commit needs.

    Args:
        request: The request of `Commit`.
    """
    found = {permission for write in CommitRequest.deserialize(request).writes for permission in _of_write(write)}
    return tuple(sorted(found))


def _of_write(write: Write) -> tuple[str, ...]:
    raw = Write.pb(write)
    if raw.WhichOneof("operation") == "delete":
        return (f"{ENTITIES}delete",)
    condition = raw.current_document.WhichOneof("condition_type")
    if condition == "exists" and not raw.current_document.exists:
        return (f"{ENTITIES}create",)
    if condition is None:
        return (f"{ENTITIES}create", f"{ENTITIES}update")
    return (f"{ENTITIES}update",)


CALLS: Mapping[str, FirestoreCall] = {
    "GetDocument": FirestoreCall("unary", lambda request: READING),
    "BatchGetDocuments": FirestoreCall("answers", lambda request: READING),
    "RunQuery": FirestoreCall("answers", lambda request: FINDING),
    "RunAggregationQuery": FirestoreCall("answers", lambda request: FINDING),
    "Listen": FirestoreCall("both", lambda request: FINDING),
    "Commit": FirestoreCall("unary", of_writes),
}
"""The calls, by the names of their methods."""
