"""The registration of an app's own query."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from stoker import app_settings
from stoker.queries import own_queries
from stoker.queries.query import (
    Condition,
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

MAX_NAME: Final = 100
"""The most characters of a query's name. It is a part of each page token."""

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
    any_of: Iterable["Alternative"] = (),
    order: Iterable[str] = (),
    sums: Iterable[str] = (),
    leaves_out: Iterable[str] = (),
    name: str = "",
    backwards: bool = True,
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
        any_of: The alternatives of an OR, made with `alternative`. Each has an index of its own.
        order: The fields by which the results are sorted. A hyphen before the name sorts the greatest value first.
            The model must require each of them, because Firestore leaves out documents without the field.
        sums: The fields that `Aggregations` may add up or average.
        leaves_out: Fields of `order` that the model does not require. Documents without them are left out on purpose.
        name: A name for the query. A page token is bound to it.
        backwards: Whether pages are read backwards too, by `page(before=...)`. It costs a second index. Without it, a
            page has no `previous`.

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
    for argument, field in single.items():
        if field is not None:
            _fields(collection, argument, (field,))
    others = [field for field in single.values() if field is not None]
    if twice := [field for field in (*compared, *others) if (*compared, *others).count(field) > 1]:
        raise RegistrationError(f"The query of {collection} compares {twice[0]} twice. Name each field once.")
    alternatives = [tuple(one.conditions(collection)) for one in any_of]
    summed, left_out = _fields(collection, "sums", sums), _fields(collection, "leaves_out", leaves_out)
    if not isinstance(name, str) or len(name) > MAX_NAME:
        raise RegistrationError(
            f"The query of {collection} has the name {name!r:.50}. Use a text of at most {MAX_NAME} characters."
        )
    if unsorted := [field for field in left_out if field not in [one.removeprefix("-") for one in sorted_by]]:
        raise RegistrationError(
            f"The query of {collection} has leaves_out={unsorted[0]!r}, but it does not sort by this field. "
            "Name only fields of order."
        )
    if not (compared or others or sorted_by or alternatives or summed):
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
        sums=summed,
        any_of=alternatives,
        leaves_out=left_out,
        name=name,
        backwards=backwards,
    )
    own_queries.add(declared)
    return declared


@dataclass(frozen=True)
class Alternative:
    """An alternative of an OR, made with `alternative`.

    Attributes:
        equals: The fields that are compared with a value.
        ranges_over: A field that must be less or greater than a value; empty for none.
    """

    equals: tuple[str, ...]
    ranges_over: str = ""

    def conditions(self, collection: str) -> list[Condition]:
        """Return the conditions of the alternative.

        Args:
            collection: The name of the collection, for the message of an error.

        Raises:
            RegistrationError: A field is no field, or is named twice.
        """
        ranges = (self.ranges_over,) if self.ranges_over else ()
        fields = _fields(collection, "any_of", (*self.equals, *ranges))
        if not fields:
            raise RegistrationError(f"The query of {collection} has an alternative without a field. Name a field.")
        return [*equal(*self.equals), *(between(self.ranges_over) if self.ranges_over else [])]


def alternative(*, equals: Iterable[str] = (), ranges_over: str | None = None) -> Alternative:
    """Declare an alternative of an OR, for `stoker.query(any_of=...)`.

    Args:
        equals: The fields that are compared with a value.
        ranges_over: A field that must be less or greater than a value. The model must require the field.

    Returns:
        The alternative.

    Example:
        >>> urgent_or_due = query("chores", any_of=[alternative(equals=["urgent"]), alternative(ranges_over="dueAt")])
        >>> len(urgent_or_due.any_of)
        2
        >>> forget_query(urgent_or_due)
    """
    return Alternative((equals,) if isinstance(equals, str) else tuple(equals), ranges_over or "")


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
