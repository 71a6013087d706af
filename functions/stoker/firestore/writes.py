"""Writes as data: decided in one place, committed in another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
        sums: The new values of the fields that were given as `Increment`, by field path.
    """

    update_time: datetime
    sums: Mapping[str, Any] = field(default_factory=dict)


def flat(fields: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the field paths and the values of a merge. An empty map is a value of its own.

    Example:
        >>> list(flat({"running": {"one": 1, "two": {}}, "waiting": 2}))
        [('running.one', 1), ('running.two', {}), ('waiting', 2)]
    """
    for name, value in fields.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{above}{name}.")
        else:
            yield above + name, value
