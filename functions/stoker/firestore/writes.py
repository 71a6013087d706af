"""Writes as data. One part of the code decides about them, and another part commits them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Create:
    """A write that creates a document. The commit is refused if the document exists.

    Attributes:
        path: The document's path, such as `tasks/spring`.
        fields: The fields, by name. Values may be Firestore's `SERVER_TIMESTAMP`.
    """

    path: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Update:
    """A write that changes fields of a document. The commit is refused if the document does not exist.

    Attributes:
        path: The document's path, such as `tasks/spring`.
        fields: The fields, by field path. Values may be Firestore's `DELETE_FIELD`, `SERVER_TIMESTAMP` and `Increment`.
        update_time: If this is given, the commit is also refused if the document was written after this time.
    """

    path: str
    fields: Mapping[str, Any]
    update_time: datetime | None = None


@dataclass(frozen=True)
class Merge:
    """A write that changes fields of a document, and creates the document if it does not exist.

    Attributes:
        path: The document's path, such as `jobUsers/ada`.
        fields: The fields, by name. A field of a map is given as a map in the map. Values are as in `Update`.
    """

    path: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Delete:
    """A write that deletes a document. The commit is refused if the document does not exist.

    Attributes:
        path: The document's path, such as `tasks/spring`.
        update_time: If this is given, the commit is also refused if the document was written after this time.
    """

    path: str
    update_time: datetime | None = None


Write = Create | Update | Merge | Delete

ExtraWrites = Sequence[Write]
"""The writes of other documents in the same commit: either all writes of the commit are made, or none."""


@dataclass(frozen=True)
class Written:
    """Firestore's answer to one write.

    Attributes:
        update_time: The time at which the document was written.
        sums: The new values of the incremented fields, by field path.
    """

    update_time: datetime
    sums: Mapping[str, Any] = field(default_factory=dict)


def flat(fields: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the field paths and the values of a merge. An empty map counts as a value.

    Example:
        >>> list(flat({"running": {"one": 1, "two": {}}, "waiting": 2}))
        [('running.one', 1), ('running.two', {}), ('waiting', 2)]
    """
    for name, value in fields.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{above}{name}.")
        else:
            yield above + name, value
