"""A query as data. `Selection.query` makes the client library's query of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import And, BaseFilter, FieldFilter, Or

from stoker.firestore.client import client

Direction = Literal["ASCENDING", "DESCENDING"]
Order = tuple[str, Direction]
Filter = tuple[str, str, object]
"""A field, an operator and a value, as the client library takes them."""


@dataclass(frozen=True)
class AnyOf:
    """A condition that holds if all filters of a branch hold, of any of its branches.

    Attributes:
        branches: The branches.
    """

    branches: tuple[tuple[Filter, ...], ...]


def flat(filters: Iterable[Filter | AnyOf]) -> Iterator[Filter]:
    """Yield all filters, also those in the branches of an `AnyOf`.

    Args:
        filters: The filters.

    Example:
        >>> [*flat([("a", "==", 1), AnyOf(((("b", "==", 2),), (("c", "==", 3),)))])]
        [('a', '==', 1), ('b', '==', 2), ('c', '==', 3)]
    """
    for one in filters:
        if isinstance(one, AnyOf):
            for branch in one.branches:
                yield from branch
        else:
            yield one


Cursor = tuple[Any, ...]
"""The position of a document in the result of a query: the values of the fields in the query's order, and the id."""

NAME = "__name__"
"""The field path of a document's name, by which Firestore sorts documents with otherwise equal values."""


@dataclass(frozen=True)
class Selection:
    """A query for documents of a collection.

    Attributes:
        collection: The collection's id.
        filters: The conditions, which must all hold.
        order: The fields by which the documents are sorted.
        group: Whether the query searches all collections with this id, below any document.
        fields: The fields to read; all fields if this is empty.
        limit: The most documents to find; None for no limit.
        after: Find only documents behind this cursor. Every direction of the order must be ascending.
        before: Find only documents before this cursor. Every direction of the order must be ascending.
    """

    collection: str
    filters: tuple[Filter | AnyOf, ...] = ()
    order: tuple[Order, ...] = ()
    group: bool = False
    fields: tuple[str, ...] = ()
    limit: int | None = None
    after: Cursor | None = None
    before: Cursor | None = None

    def only(self, *fields: str) -> "Selection":
        """Return the same selection, with only some fields."""
        return replace(self, fields=fields)

    def first(self, limit: int) -> "Selection":
        """Return the same selection, with a limit of documents."""
        return replace(self, limit=limit)

    def following(self, after: Cursor | None) -> "Selection":
        """Return the same selection, of the documents behind a cursor; of all documents for None."""
        return replace(self, after=after)

    def preceding(self, before: Cursor) -> "Selection":
        """Return the same selection, of the documents before a cursor."""
        return replace(self, before=before)

    def cursor_of(self, name: str, data: Mapping[str, Any]) -> Cursor:
        """Return the cursor of a document that the selection has found.

        Args:
            name: The document's id.
            data: The document's fields, at least those by which the selection is sorted.
        """
        return (*(value_of(data, field) for field in self.sorted_by), name)

    @property
    def sorted_by(self) -> list[str]:
        """The fields by which the documents are sorted, without the document's name, which comes last."""
        return [field for field, _ in self.order if field != NAME]

    def query(self) -> Query:
        """Return the client library's query."""
        query: Any = Query(client().collection(self.collection), all_descendants=self.group)
        for one in self.filters:
            query = query.where(filter=_any(one) if isinstance(one, AnyOf) else FieldFilter(*one))
        for field, direction in self.order:
            query = query.order_by(field, direction=direction)
        if (self.after is not None or self.before is not None) and NAME not in dict(self.order):
            query = query.order_by(NAME)
        if self.after is not None:
            query = query.start_after(dict(zip([*self.sorted_by, NAME], self.after, strict=True)))
        if self.before is not None:
            query = query.end_before(dict(zip([*self.sorted_by, NAME], self.before, strict=True)))
        if self.fields:
            query = query.select(list(self.fields))
        built: Query = query if self.limit is None else query.limit(self.limit)
        return built


def _any(one: AnyOf) -> BaseFilter:
    # A branch of one filter is no composite filter: Firestore refuses an AND of one condition in an OR.
    filters: list[list[BaseFilter]] = [[FieldFilter(*inner) for inner in branch] for branch in one.branches]
    branches = [branch[0] if len(branch) == 1 else And(branch) for branch in filters]
    return branches[0] if len(branches) == 1 else Or(branches)


def value_of(data: Mapping[str, Any], field: str) -> Any:
    """Return the value of a field in a document, None if it is missing.

    Args:
        data: The document's fields.
        field: A field path without backticks.

    Example:
        >>> value_of({"lease": {"token": "t"}}, "lease.token")
        't'
    """
    found: Any = data
    for name in field.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
