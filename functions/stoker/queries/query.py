"""What a query is declared to be: it is built from that, and its index follows from it."""

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
"""What each operator asks of an index. The others are left out: none of our queries needs them."""


class Undeclared(Exception):
    """The query is none that is declared: add it to `stoker.queries.declared`, and run scripts/generate."""


@dataclass(frozen=True)
class Condition:
    """What a query asks of a field.

    Attributes:
        field: Its path.
        kind: How it is compared: with one value, with several, as a list that holds a value, or as greater or less.
        optional: Whether the query may do without.
    """

    field: str
    kind: Kind
    optional: bool = False


def equal(*fields: str) -> list[Condition]:
    """Fields that are each equal to a value."""
    return [Condition(field, "equal") for field in fields]


def one_of(field: str) -> list[Condition]:
    """Return a field that is equal to one of several values."""
    return [Condition(field, "one-of")]


def contains(field: str) -> list[Condition]:
    """Return a list that holds a value."""
    return [Condition(field, "contains")]


def between(field: str) -> list[Condition]:
    """Return a field that is less or greater than a value, or between two."""
    return [Condition(field, "range")]


def perhaps(conditions: Iterable[Condition]) -> list[Condition]:
    """Return the same conditions, of which a query may have any."""
    return [Condition(one.field, one.kind, optional=True) for one in conditions]


def ascending(field: str) -> Order:
    """Return the least first."""
    return field, "ASCENDING"


def descending(field: str) -> Order:
    """Return the greatest first."""
    return field, "DESCENDING"


@dataclass(frozen=True)
class DeclaredQuery:
    """A query that the code may run.

    Attributes:
        collections: Tells where; asked each time, for the names are configuration.
        where: What it asks of which fields.
        order: What its results are sorted by.
        sums: Fields that are added up. What a query finds may always be counted.
        group: Whether the collection is meant wherever it lies.
    """

    collections: Callable[[], Sequence[str]]
    where: Sequence[Condition] = ()
    order: Sequence[Order] = ()
    sums: Sequence[str] = ()
    group: bool = False

    def build(self, *filters: Filter, collection: str | None = None) -> Query:
        """Return the client library's query, with its values. Arguments and errors as in `selection`."""
        return self.selection(*filters, collection=collection).query()

    def selection(self, *filters: Filter, collection: str | None = None) -> Selection:
        """Return the query with its values, as data.

        Args:
            filters: At least one for each condition that is not optional; several for a range.
            collection: Its id, if the query is declared for several.

        Raises:
            Undeclared: The filters or the collection are not as declared.
        """
        name = collection if collection is not None else self.collections()[0]
        asked = frozenset((field, KINDS[operator]) for field, operator, _ in filters if operator in KINDS)
        if name not in self.collections() or not self.asks(asked) or len(asked) < len({one[0] for one in filters}):
            raise Undeclared(f"{filters} in {name} is not what is declared: {self}")
        return Selection(name, filters, tuple(self.order), self.group)

    def asks(self, asked: frozenset[tuple[str, Kind]]) -> bool:
        """Return whether it asks this of fields: of all that are not optional, and of no other."""
        needed = {(one.field, one.kind) for one in self.where if not one.optional}
        return needed <= asked <= {(one.field, one.kind) for one in self.where}
