"""Documents of a collection of the tests' own, written as protobuf messages, so that each value is stored as it is."""

from collections.abc import Mapping
from typing import Any

from stoker.firestore.messages import DocumentMessage, ValueMessage, WriteMessage, message
from stoker.firestore.raw import commit, name_of

ROWS = "rows"
"""The collection."""

CHUNK = 500
"""The documents of a commit."""


def value(given: object) -> Any:
    """Return the message of a value. A message stays as it is."""
    return given if isinstance(given, ValueMessage) else message(given)


def put(documents: Mapping[str, Mapping[str, object]], collection: str = ROWS) -> None:
    """Write documents.

    Args:
        documents: The fields of each document, by its id, or by its path if it has a slash.
        collection: The collection.
    """
    writes = []
    for name, fields in documents.items():
        path = name if "/" in name else f"{collection}/{name}"
        made = DocumentMessage(name=name_of(path))
        for field, given in fields.items():
            *above, last = field.split(".")
            inner = made.fields
            for part in above:
                inner = inner[part].map_value.fields
            inner[last].CopyFrom(value(given))
        writes.append(WriteMessage(update=made))
    for begin in range(0, len(writes), CHUNK):
        commit(writes[begin : begin + CHUNK])


def remove(*names: str, collection: str = ROWS) -> None:
    """Delete documents.

    Args:
        names: The ids of the documents, or their paths.
        collection: The collection.
    """
    paths = [name if "/" in name else f"{collection}/{name}" for name in names]
    for begin in range(0, len(paths), CHUNK):
        commit([WriteMessage(delete=name_of(path)) for path in paths[begin : begin + CHUNK]])
