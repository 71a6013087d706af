"""The registration of an app's own query."""

import re
from collections.abc import Iterable
from typing import Final

from stoker import app_settings
from stoker.queries import own_queries
from stoker.queries.query import (
    DeclaredQuery,
    Order,
    ascending,
    between,
    contains,
    descending,
    equal,
    one_of,
)
from stoker.registry import RegistrationError

FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
"""The form of a field's path. Firestore takes such a path without quotes.
Source: https://firebase.google.com/docs/firestore/quotas (field names and paths)"""


def query(
    collection: str,
    *,
    equals: Iterable[str] = (),
    is_one_of: str | None = None,
    has: str | None = None,
    ranges_over: str | None = None,
    order: Iterable[str] = (),
) -> DeclaredQuery:
    """Declare a query of the app, so that its indexes are generated.

    Declare the queries of clients and of functions alike. Production refuses a query without an index, and the emulator
    runs any query. A client's query of documents with an owner needs `userId` in `equals`, because the rules refuse it
    without.

    Args:
        collection: The name of the collection, as the database has it.
        equals: The fields that are compared with a value, by their names in Firestore.
        is_one_of: A field that is compared with several values (`in`).
        has: A field with a list that must contain a value (`array-contains`).
        ranges_over: A field that must be less or greater than a value.
        order: The fields by which the results are sorted. A hyphen before the name sorts the greatest value first.

    Returns:
        The query. A function runs it with `build`, which takes a filter for each condition.

    Raises:
        RegistrationError: The query is wrong. The message says what to do.

    Example:
        >>> notes = query("notes", equals=["userId"], order=["-createdAt"])
        >>> notes.order
        [('createdAt', 'DESCENDING')]
        >>> forget_query(notes)
    """
    if not isinstance(collection, str) or not re.fullmatch(app_settings.NAME, collection):
        raise RegistrationError(f"{collection!r} is not the name of a collection. Name it as the database does.")
    compared = _fields(collection, "equals", equals)
    sorted_by = _fields(collection, "order", order)
    single = {"is_one_of": is_one_of, "has": has, "ranges_over": ranges_over}
    for name, field in single.items():
        if field is not None:
            _fields(collection, name, (field,))
    others = [field for field in single.values() if field is not None]
    if twice := [field for field in (*compared, *others) if (*compared, *others).count(field) > 1]:
        raise RegistrationError(f"The query of {collection} compares {twice[0]} twice. Name each field once.")
    if not (compared or others or sorted_by):
        raise RegistrationError(f"The query of {collection} has no condition and no order, so it needs no index.")
    declared = DeclaredQuery(
        lambda: (collection,),
        where=[
            *equal(*compared),
            *(one_of(is_one_of) if is_one_of else []),
            *(contains(has) if has else []),
            *(between(ranges_over) if ranges_over else []),
        ],
        order=[_order(field) for field in sorted_by],
    )
    own_queries.add(declared)
    return declared


def forget_query(declared: DeclaredQuery) -> None:
    """Remove a query of the app, after a test that has declared it.

    Args:
        declared: The query.
    """
    own_queries.remove(declared)


def _fields(collection: str, name: str, fields: Iterable[str]) -> tuple[str, ...]:
    found = (fields,) if isinstance(fields, str) else tuple(fields)
    for field in found:
        bare = field.removeprefix("-") if name == "order" and isinstance(field, str) else field
        if not isinstance(bare, str) or not FIELD.fullmatch(bare):
            raise RegistrationError(
                f"The query of {collection} has {name}={field!r}, which is no field. Name the field as Firestore does, "
                "such as createdAt."
            )
    bare_names = [field.removeprefix("-") for field in found]
    if len(set(bare_names)) < len(bare_names):
        raise RegistrationError(f"The query of {collection} has {name}={found!r}. Name each field once.")
    return found


def _order(field: str) -> Order:
    return descending(field[1:]) if field.startswith("-") else ascending(field)
