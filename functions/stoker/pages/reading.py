"""Reading the documents behind or before a position of a query."""

from dataclasses import replace
from typing import Any

from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.types import Cursor, Value

from stoker.firestore import raw
from stoker.firestore.field_path import value_at
from stoker.firestore.selection import NAME, Selection
from stoker.firestore.stream_breaks import whole
from stoker.host import SYSTEM, Host
from stoker.pages.position import Position
from stoker.queries.message import full_order, message_of
from stoker.queries.query import opposite

ValueMessage: Any = Value.pb()
CursorMessage: Any = Cursor.pb()


def read(
    selection: Selection, start: Position | None, limit: int, *, backwards: bool = False, host: Host = SYSTEM
) -> list[Any]:
    """Read documents of a query. If the answer breaks off, all of them are read again, so that they are of one time.

    A backward read turns each direction of the order, and turns the result again. The client library's
    `limit_to_last` would not do: with a cursor, it finds no document or one.
    Source: https://github.com/googleapis/java-firestore/issues/1068

    Args:
        selection: The query.
        start: The position behind or before which the documents lie; None for the first or the last documents.
        limit: The most documents to read.
        backwards: Whether to read the documents before the position.
        host: The machine whose clock measures the time.

    Returns:
        The documents in the order of the query, as plain protobuf messages.
    """
    turned = replace(selection, order=opposite(full_order(selection))) if backwards else selection
    message = message_of(turned)
    message.limit.value = limit
    if start is not None:
        message.start_at.CopyFrom(CursorMessage(values=start.values, before=start.inclusive))
    found = whole(lambda: raw.run_message(message), host)
    return found[::-1] if backwards else found


def position_of(selection: Selection, document: Any) -> Position:
    """Return the position of a document.

    The values are taken as Firestore has sent them. A number that went through a text, or a time without its
    nanoseconds, would lead to documents that are skipped or read twice.
    Source: https://github.com/encode/django-rest-framework/issues/5160

    Args:
        selection: The query.
        document: The document, as a plain protobuf message.
    """
    return Position(tuple(_value(document, field) for field, _ in full_order(selection)))


def _value(document: Any, field: str) -> Any:
    if field == NAME:
        return ValueMessage(reference_value=document.name)
    value = value_at(document, FieldPath.from_api_repr(field).parts)
    # A query that sorts by a field has no documents without it.
    return ValueMessage() if value is None else value
