"""The declaration of a query. The query is built from it, and its index is generated from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from google.cloud.firestore_v1 import Query

from stoker.errors import QueryNotDeclared
from stoker.firestore.selection import NAME as NAME
from stoker.firestore.selection import AnyOf, Filter, Selection
from stoker.firestore.selection import Direction as Direction
from stoker.firestore.selection import Order as Order

Kind = Literal["equal", "one-of", "contains", "range"]

KINDS: dict[str, Kind] = {
    "==": "equal",
    "in": "one-of",
    "array_contains": "contains",
    "<": "range",
    "<=": "range",
    ">": "range",
    ">=": "range",
}
"""The kind of comparison of each operator, which decides the index. Operators that no query needs are not listed."""


@dataclass(frozen=True)
class Condition:
    """A condition of a query on a field.

    Attributes:
        field: The path of the field.
        kind: The kind of comparison: equal to a value, equal to one of several values, a list that contains a value, or
            a range.
        optional: Whether the query may also be run without the condition.
    """

    field: str
    kind: Kind
    optional: bool = False


def equal(*fields: str) -> list[Condition]:
    """Require each field to be equal to a value."""
    return [Condition(field, "equal") for field in fields]


def one_of(field: str) -> list[Condition]:
    """Require a field to be equal to one of several values."""
    return [Condition(field, "one-of")]


def contains(field: str) -> list[Condition]:
    """Require a field to be a list that contains a value."""
    return [Condition(field, "contains")]


def between(field: str) -> list[Condition]:
    """Require a field to be less or greater than a value, or between two values."""
    return [Condition(field, "range")]


def perhaps(conditions: Iterable[Condition]) -> list[Condition]:
    """Make conditions optional: a query may have any of them."""
    return [Condition(one.field, one.kind, optional=True) for one in conditions]


def ascending(field: str) -> Order:
    """Sort by a field, the least value first."""
    return field, "ASCENDING"


def descending(field: str) -> Order:
    """Sort by a field, the greatest value first."""
    return field, "DESCENDING"


def order_of(field: str) -> Order:
    """Return the order by a field that has a hyphen before its name if the greatest value comes first.

    Example:
        >>> order_of("-createdAt"), order_of("title")
        (('createdAt', 'DESCENDING'), ('title', 'ASCENDING'))
    """
    return descending(field[1:]) if field.startswith("-") else ascending(field)


def in_full(order: Iterable[Order], where: Iterable[tuple[str, Kind]]) -> tuple[Order, ...]:
    """Return the full order of a query: the fields of ranges are added, and a name at the end is left out.

    Firestore sorts by the name last in any case.

    Source: https://firebase.google.com/docs/firestore/query-data/multiple-range-fields

    Example:
        >>> in_full([], [("status", "equal"), ("dueDate", "range")])
        (('dueDate', 'ASCENDING'),)
    """
    orders = list(order)
    direction: Direction = orders[-1][1] if orders else "ASCENDING"
    named = {field for field, _ in orders}
    ranges = sorted({field for field, kind in where if kind == "range" and field not in named})
    if ranges and orders and orders[-1][0] == NAME:
        orders.pop()
    orders += [(field, direction) for field in ranges]
    if orders and orders[-1][0] == NAME and (len(orders) == 1 or orders[-2][1] == orders[-1][1]):
        orders.pop()
    return tuple(orders)


def opposite(order: Iterable[Order]) -> tuple[Order, ...]:
    """Return an order in the opposite direction.

    Example:
        >>> opposite([("dueDate", "ASCENDING")])
        (('dueDate', 'DESCENDING'),)
    """
    return tuple((field, "DESCENDING" if direction == "ASCENDING" else "ASCENDING") for field, direction in order)


@dataclass(frozen=True)
class DeclaredQuery:
    """A query that the code may run.

    Attributes:
        collections: Returns the names of the collections. It is called each time, because the names are configuration.
        where: The conditions.
        order: The order of the results.
        sums: The fields that are added up. Counting the results is always allowed.
        group: Whether it is a query of a collection group: all collections of the name, below any document.
        any_of: The alternatives of an OR. Each alternative is a list of conditions. A query has one OR or none.
        leaves_out: Fields of the order that a document may lack. Such a document is not in the result, on purpose.
        name: The name of the query. A page token is bound to it.
        backwards: Whether the query may also be run with the opposite order, to read the page before a page. It needs
            an index of its own, because Firestore reads an index in one direction only.
            Source: https://firebase.google.com/docs/firestore/query-data/index-overview (composite indexes)
        only_sums: Whether the query is never run without its sums, so that it needs no index without them.
    """

    collections: Callable[[], Sequence[str]]
    where: Sequence[Condition] = ()
    order: Sequence[Order] = ()
    sums: Sequence[str] = ()
    group: bool = False
    any_of: Sequence[Sequence[Condition]] = ()
    leaves_out: Sequence[str] = ()
    name: str = ""
    backwards: bool = False
    only_sums: bool = False

    @property
    def is_reversible(self) -> bool:
        """True if the query may be run with the opposite order. A query that sorts by the id alone may not.

        Firestore refuses a descending order of the ids, and has no index for it.
        Source: https://github.com/firebase/flutterfire/issues/4398
        """
        return self.backwards and any(field != NAME for field, _ in self.order)

    @property
    def order_of_alternatives(self) -> tuple[Order, ...]:
        """The order with the fields of ranges in the alternatives.

        The alternatives have one order, whichever of them are asked for. So an index of each of them serves.
        """
        alternatives = [(one.field, one.kind) for branch in self.any_of for one in branch]
        return in_full(self.order, alternatives) if alternatives else tuple(self.order)

    def build(self, *filters: Filter | AnyOf, collection: str | None = None) -> Query:
        """Return the query as an object of the client library. Arguments and errors are those of `selection`."""
        return self.selection(*filters, collection=collection).query()

    def selection(self, *filters: Filter | AnyOf, collection: str | None = None) -> Selection:
        """Return the query as data.

        Args:
            filters: At least one filter for each condition that is not optional, and an `AnyOf` if the query has
                alternatives. A range may have several filters.
            collection: The name of the collection, if the query is declared for several; else None.

        Raises:
            QueryNotDeclared: The filters or the collection are not as declared.
        """
        name = collection if collection is not None else self.collections()[0]
        plain = [one for one in filters if not isinstance(one, AnyOf)]
        branches = [branch for one in filters if isinstance(one, AnyOf) for branch in one.branches]
        if (
            name not in self.collections()
            or not self.asks(comparisons(plain))
            or any(one[1] not in KINDS for one in plain)
            or len(plain) + bool(self.any_of) != len(filters)
            or bool(branches) != bool(self.any_of)
            or not all(self.has_alternative(branch) for branch in branches)
        ):
            raise QueryNotDeclared(
                f"The query of {name!r} compares {compared(filters)}, but it is declared for {self._declared_for()}. "
                "Pass these filters, or declare another query with stoker.query."
            )
        return Selection(name, filters, self.order_of_alternatives, self.group)

    def _declared_for(self) -> str:
        where = [f"{one.field} ({one.kind}{', optional' if one.optional else ''})" for one in self.where]
        branches = [" and ".join(f"{one.field} ({one.kind})" for one in branch) for branch in self.any_of]
        return ", ".join([*where, *([f"one of [{'; '.join(branches)}]"] if branches else [])]) or "no field"

    def has_alternative(self, branch: Sequence[Filter]) -> bool:
        """Return whether an alternative of the OR has these filters.

        Args:
            branch: The filters of a branch, which must all hold.
        """
        asked = comparisons(branch)
        same = any(asked == {(one.field, one.kind) for one in conditions} for conditions in self.any_of)
        return same and all(operator in KINDS for _, operator, _ in branch)

    def asks(self, asked: frozenset[tuple[str, Kind]]) -> bool:
        """Return whether the conditions allow these comparisons: all that are not optional, and no others.

        Args:
            asked: The compared fields, each with the kind of comparison.
        """
        needed = {(one.field, one.kind) for one in self.where if not one.optional}
        return needed <= asked <= {(one.field, one.kind) for one in self.where}


def comparisons(filters: Iterable[Filter]) -> frozenset[tuple[str, Kind]]:
    """Return the compared fields of filters, each with the kind of comparison. Unknown operators are left out.

    Args:
        filters: The filters.

    Example:
        >>> comparisons([("status", "==", "todo")])
        frozenset({('status', 'equal')})
    """
    return frozenset((field, KINDS[operator]) for field, operator, _ in filters if operator in KINDS)


def compared(filters: Iterable[Filter | AnyOf]) -> str:
    """Return the compared fields of filters as a text, without the values, which may be a user's.

    Args:
        filters: The filters.

    Example:
        >>> compared([("status", "==", "todo")])
        'status (==)'
    """
    return ", ".join(map(_written, filters)) or "no field"


def _written(one: Filter | AnyOf) -> str:
    if isinstance(one, AnyOf):
        return f"one of [{'; '.join(' and '.join(map(_written, branch)) for branch in one.branches)}]"
    return f"{one[0]} ({one[1]})"
