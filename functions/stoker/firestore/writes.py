"""Writes as data: decided in one place, committed in another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Create:
    """Make a document. The commit is refused if the document exists.

    Attributes:
        path: Such as `tasks/spring`.
        fields: By name; values may be Firestore's own `SERVER_TIMESTAMP`.
    """

    path: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Update:
    """Change fields of a document. The commit is refused if the document does not exist.

    Attributes:
        path: Such as `tasks/spring`.
        fields: By field path; values may be Firestore's own `DELETE_FIELD`, `SERVER_TIMESTAMP` and `Increment`.
        update_time: The commit is also refused if the document was written after this time.
    """

    path: str
    fields: Mapping[str, Any]
    update_time: datetime | None = None


@dataclass(frozen=True)
class Merge:
    """Change fields of a document, and make the document if it does not exist.

    Attributes:
        path: Such as `jobUsers/ada`.
        fields: As maps in maps; values as in `Update`.
    """

    path: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Delete:
    """Delete a document. The commit is refused if the document does not exist.

    Attributes:
        path: Such as `tasks/spring`.
        update_time: The commit is also refused if the document was written after this time.
    """

    path: str
    update_time: datetime | None = None


Write = Create | Update | Merge | Delete

ExtraWrites = Sequence[Write]
"""Writes of other documents that a commit carries along: all of the commit is written, or nothing."""


@dataclass(frozen=True)
class Written:
    """Firestore's answer to one write.

    Attributes:
        update_time: When the document was written.
        transformed: The new values of the fields that were given as `Increment`, in their order.
    """

    update_time: datetime
    transformed: tuple[Any, ...] = ()
