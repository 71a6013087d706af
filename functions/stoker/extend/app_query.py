"""The registration of an app's own query."""

import re
from collections.abc import Iterable
from typing import Final

from stoker import app_settings
from stoker.extend.alternative import Alternative
from stoker.extend.field_names import checked_fields
from stoker.queries import own_queries
from stoker.queries.query import DeclaredQuery, between, contains, equal, one_of, order_of
from stoker.registry import RegistrationError

MAX_NAME: Final = 100
"""The most characters of a query's name. It is a part of each page token."""


def query(
    collection: str,
    *,
    equals: Iterable[str] = (),
    is_one_of: str | None = None,
    has: str | None = None,
    ranges_over: str | None = None,
    any_of: Iterable[Alternative] = (),
    order: Iterable[str] = (),
    sums: Iterable[str] = (),
    leaves_out: Iterable[str] = (),
    name: str = "",
    backwards: bool = False,
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
    compared = checked_fields(collection, "equals", equals)
    sorted_by = checked_fields(collection, "order", order)
    single = {"is_one_of": is_one_of, "has": has, "ranges_over": ranges_over}
    for argument, field in single.items():
        if field is not None:
            checked_fields(collection, argument, (field,))
    others = [field for field in single.values() if field is not None]
    if twice := [field for field in (*compared, *others) if (*compared, *others).count(field) > 1]:
        raise RegistrationError(f"The query of {collection} compares {twice[0]} twice. Name each field once.")
    branches = tuple(any_of)
    alternatives = [tuple(one.conditions(collection)) for one in branches]
    _check_overlap(collection, [*compared, *(field for field in (is_one_of, has) if field)], branches, sorted_by)
    summed, left_out = checked_fields(collection, "sums", sums), checked_fields(collection, "leaves_out", leaves_out)
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
        order=[order_of(field) for field in sorted_by],
        sums=summed,
        any_of=alternatives,
        leaves_out=left_out,
        name=name,
        backwards=backwards,
    )
    own_queries.add(declared)
    return declared


def forget_query(declared: DeclaredQuery) -> None:
    """Remove a query of the app, after a test that has declared it.

    Args:
        declared: The query.
    """
    own_queries.remove(declared)


def _check_overlap(
    collection: str, equal_fields: Iterable[str], alternatives: Iterable[Alternative], order: Iterable[str]
) -> None:
    """Refuse a field that an index would need twice. Firestore takes no such index, and no such query.

    Source: https://firebase.google.com/docs/firestore/query-data/order-limit-data#limitations
    """
    always, now_and_then = set(equal_fields), set[str]()
    for one in alternatives:
        if twice := always.intersection((*one.equals, one.ranges_over)):
            raise RegistrationError(
                f"The query of {collection} compares {min(twice)} always, and in an alternative again. Compare it once."
            )
        now_and_then.update(one.equals)
    for field in (name.removeprefix("-") for name in order):
        if field in always | now_and_then:
            raise RegistrationError(
                f"The query of {collection} sorts by {field}, and asks for equal values of it. Firestore refuses that. "
                f"Take {field} out of the order."
            )
