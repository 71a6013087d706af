"""A query as the message that Firestore takes, with its full order."""

from typing import Any

from google.cloud.firestore_v1.types import StructuredQuery

from stoker.firestore.selection import NAME, Order, Selection, flat
from stoker.queries.query import comparisons, in_full

_DIRECTIONS = {"ASCENDING": StructuredQuery.Direction.ASCENDING, "DESCENDING": StructuredQuery.Direction.DESCENDING}


def full_order(selection: Selection) -> tuple[Order, ...]:
    """Return the order of a query with everything that Firestore adds to it: the fields of ranges, and the name.

    A cursor needs a value for each of these fields. If the order were left to Firestore, an OR with a range would be
    refused on the second page, because the client library puts the name before the field of the range.

    Args:
        selection: The query.

    Example:
        >>> full_order(Selection("tasks", (("userId", "==", "ada"),), (("createdAt", "DESCENDING"),)))
        (('createdAt', 'DESCENDING'), ('__name__', 'DESCENDING'))
    """
    order = in_full(selection.order, comparisons(flat(selection.filters)))
    named = dict(order)
    if NAME in named:
        return order
    last = selection.order[-1] if selection.order and selection.order[-1][0] == NAME else None
    return (*order, last or (NAME, order[-1][1] if order else "ASCENDING"))


def message_of(selection: Selection) -> Any:
    """Return the query as a plain protobuf message, a `StructuredQuery`, with the full order.

    Args:
        selection: The query. Its cursors are left out.

    Example:
        >>> message_of(Selection("tasks")).order_by[0].field.field_path  # doctest: +SKIP
        '__name__'
    """
    plain = Selection(selection.collection, selection.filters, (), selection.group, selection.fields, selection.limit)
    message = StructuredQuery.pb(plain.query()._to_protobuf())
    for field, direction in full_order(selection):
        message.order_by.add(field={"field_path": field}, direction=int(_DIRECTIONS[direction]))
    return message
