"""The declaration of a query. The query is built from it, and its index is generated from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from google.cloud.firestore_v1 import Query

from stoker.firestore.selection import NAME as NAME
from stoker.firestore.selection import Direction as Direction
from stoker.firestore.selection import Filter, Selection
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


class Undeclared(Exception):
    """The query is not declared. Add it to `stoker.queries.declared`, and run scripts/generate."""


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


@dataclass(frozen=True)
class DeclaredQuery:
    """A query that the code may run.

    Attributes:
        collections: Returns the names of the collections. It is called each time, because the names are configuration.
        where: The conditions.
        order: The order of the results.
        sums: The fields that are added up. Counting the results is always allowed.
        group: Whether it is a query of a collection group: all collections of the name, below any document.
    """

    collections: Callable[[], Sequence[str]]
    where: Sequence[Condition] = ()
    order: Sequence[Order] = ()
    sums: Sequence[str] = ()
    group: bool = False

    def build(self, *filters: Filter, collection: str | None = None) -> Query:
        """Return the query as an object of the client library. Arguments and errors are those of `selection`."""
        return self.selection(*filters, collection=collection).query()

    def selection(self, *filters: Filter, collection: str | None = None) -> Selection:
        """Return the query as data.

        Args:
            filters: At least one filter for each condition that is not optional. A range may have several.
            collection: The name of the collection, if the query is declared for several; else None.

        Raises:
            Undeclared: The filters or the collection are not as declared.
        """
        name = collection if collection is not None else self.collections()[0]
        asked = frozenset((field, KINDS[operator]) for field, operator, _ in filters if operator in KINDS)
        if name not in self.collections() or not self.asks(asked) or len(asked) < len({one[0] for one in filters}):
            raise Undeclared(f"The query {filters} in {name!r} does not match its declaration: {self}")
        return Selection(name, filters, tuple(self.order), self.group)

    def asks(self, asked: frozenset[tuple[str, Kind]]) -> bool:
        """Return whether the conditions allow these comparisons: all that are not optional, and no others.

        Args:
            asked: The compared fields, each with the kind of comparison.
        """
        needed = {(one.field, one.kind) for one in self.where if not one.optional}
        return needed <= asked <= {(one.field, one.kind) for one in self.where}
