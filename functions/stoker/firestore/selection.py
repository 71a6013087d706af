"""A query as data, before it is sent."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.base_query import FieldFilter

from stoker.firestore.client import client

Direction = Literal["ASCENDING", "DESCENDING"]
Order = tuple[str, Direction]
Filter = tuple[str, str, object]
"""Field, operator and value, as the client library has them."""


@dataclass(frozen=True)
class Selection:
    """Documents of a collection that a query finds.

    Attributes:
        collection: The collection's id.
        filters: All of them must hold.
        order: The fields that the documents are sorted by.
        group: Whether collections of that id are meant wherever they lie.
        fields: The fields that are wanted; all of them if none is named.
        limit: At most so many documents.
    """

    collection: str
    filters: tuple[Filter, ...] = ()
    order: tuple[Order, ...] = ()
    group: bool = False
    fields: tuple[str, ...] = ()
    limit: int | None = None

    def only(self, *fields: str) -> "Selection":
        """Return the same selection, of some fields alone."""
        return replace(self, fields=fields)

    def first(self, limit: int) -> "Selection":
        """Return the same selection, of so many documents at most."""
        return replace(self, limit=limit)

    def query(self) -> Query:
        """Return the client library's query."""
        query: Any = Query(client().collection(self.collection), all_descendants=self.group)
        for field, operator, value in self.filters:
            query = query.where(filter=FieldFilter(field, operator, value))
        for field, direction in self.order:
            query = query.order_by(field, direction=direction)
        if self.fields:
            query = query.select(list(self.fields))
        built: Query = query if self.limit is None else query.limit(self.limit)
        return built
