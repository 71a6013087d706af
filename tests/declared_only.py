"""Sees that our own code runs no query that is not declared, since the emulator would answer any; and that it makes no
call that nothing bounds."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from google.cloud.firestore_v1 import Query
from google.cloud.firestore_v1.aggregation import AggregationQuery
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.types import RunQueryRequest, StructuredQuery
from google.cloud.firestore_v1.watch import Watch

from stoker.aggregations.request_plan import sum_fields
from stoker.firestore.listening import ListenStream
from stoker.queries.clients import CLIENTS
from stoker.queries.declared import DECLARED
from stoker.queries.own_queries import own_queries
from stoker.queries.query import (
    NAME,
    Condition,
    DeclaredQuery,
    Direction,
    Kind,
    Order,
    ascending,
    in_full,
    opposite,
)
from stoker_tools.setup.environment import ROOT

OURS = str(ROOT / "functions" / "stoker")
LIBRARIES = (str(ROOT / ".venv"), str(ROOT / "functions" / "venv"), __file__)

OPERATORS: dict[str, Kind] = {
    "EQUAL": "equal",
    "IN": "one-of",
    "ARRAY_CONTAINS": "contains",
    "LESS_THAN": "range",
    "LESS_THAN_OR_EQUAL": "range",
    "GREATER_THAN": "range",
    "GREATER_THAN_OR_EQUAL": "range",
}
CALLS = ("commit", "get_document", "batch_get_documents", "run_query", "run_aggregation_query", "list_collection_ids")
"""The client library's ways to Firestore, but for listening, which has no end."""

DIRECTIONS: dict[str, Direction] = {"ASCENDING": "ASCENDING", "DESCENDING": "DESCENDING"}


@dataclass(frozen=True)
class Shape:
    """The parts of a query that decide which index serves it.

    Attributes:
        collection: The id of the collection; empty if the query reads every collection.
        group: True if the query reads all collections of this id.
        where: The compared fields, each with the kind of the comparison.
        branches: The compared fields of each branch of an OR.
        order: The fields by which the results are sorted, without the document's name at the end.
        sums: The fields that are added up.
    """

    collection: str
    group: bool
    where: frozenset[tuple[str, Kind]]
    branches: frozenset[frozenset[tuple[str, Kind]]]
    order: tuple[Order, ...]
    sums: frozenset[str]

    def is_one_of(self, declared: DeclaredQuery) -> bool:
        """Return whether the query is declared. Its values, its limit and its start do not matter."""
        return (
            self.collection in declared.collections()
            and self.group == declared.group
            and self._asks(declared)
            and self.order in self._orders_of(declared)
            and self.sums in _sums_of_a_request(declared, self.collection)
        )

    def _asks(self, declared: DeclaredQuery) -> bool:
        alternatives = [frozenset((one.field, one.kind) for one in branch) for branch in declared.any_of]
        if self.branches or not alternatives:
            return declared.asks(self.where) and self.branches <= set(alternatives)
        # An OR of one branch is sent without the OR.
        always = frozenset((one.field, one.kind) for one in declared.where)
        return any(self.where <= always | one and one <= self.where for one in alternatives)

    def _orders_of(self, declared: DeclaredQuery) -> list[tuple[Order, ...]]:
        where = {*self.where, *_all_of(declared.any_of)}
        forwards = in_full(declared.order, where)
        if self.sums:
            # The summed fields may follow in the order. The index is the same.
            fields = [one for one in forwards if one[0] != NAME]
            known = {*dict(fields), *(field for field, kind in self.where if kind != "range")}
            return [forwards, (*fields, *(ascending(one) for one in declared.sums if one in self.sums - known))]
        backwards = [in_full(opposite(declared.order), where)] if declared.is_reversible else []
        return [forwards, *backwards]


def shape_of(parent: str, query: StructuredQuery, aggregations: Sequence[Any] = ()) -> Shape | None:
    """Return the shape of a query that is sent; None if such a query can't be declared.

    Args:
        parent: The name of the document below which the query reads, or of the database's root.
        query: The query.
        aggregations: The counts and sums.
    """
    [selector] = query.from_
    filters, branches = _filters(query.where), _branches(query.where)
    if any(one is None or _comparison(one) is None for one in [*filters, *chain(*branches)]):
        return None
    if not selector.all_descendants and not parent.endswith("/documents"):
        return None
    where = frozenset(found for one in filters if (found := _comparison(one)))
    alternatives = frozenset(frozenset(found for one in branch if (found := _comparison(one))) for branch in branches)
    order = [(one.field.field_path, DIRECTIONS[one.direction.name]) for one in query.order_by]
    sums = [one.sum.field.field_path for one in aggregations if "sum" in one]
    sums += [one.avg.field.field_path for one in aggregations if "avg" in one]
    full = in_full(order, {*where, *(one for branch in alternatives for one in branch)})
    return Shape(selector.collection_id, selector.all_descendants, where, alternatives, full, frozenset(sums))


def _filters(found: Any) -> list[Any]:
    """Return the filters of a query, each on one field, without those of an OR. A filter of another kind is None."""
    if "field_filter" in found:
        return [found.field_filter]
    if "unary_filter" in found:
        return [found.unary_filter]
    if "composite_filter" in found and found.composite_filter.op.name == "AND":
        return [one for inner in found.composite_filter.filters for one in _filters(inner)]
    if "composite_filter" in found and found.composite_filter.op.name == "OR":
        return []
    return [None] if found else []


def _branches(found: Any) -> list[list[Any]]:
    """Return the filters of each branch of an OR; an empty list if the query has no OR."""
    if "composite_filter" not in found:
        return []
    if found.composite_filter.op.name == "OR":
        return [_filters(inner) for inner in found.composite_filter.filters]
    return [branch for inner in found.composite_filter.filters for branch in _branches(inner)]


def _comparison(one: Any) -> tuple[str, Kind] | None:
    """Return the field and the kind of a filter. A comparison with null or NaN is a unary filter."""
    name = one.op.name
    kind = "equal" if name in ("IS_NULL", "IS_NAN") else OPERATORS.get(name)
    return (one.field.field_path, kind) if kind else None


def _sums_of_a_request(declared: DeclaredQuery, collection: str) -> list[frozenset[str]]:
    """Return the sets of fields that a request may add up. There is an index for each of them."""
    together = [frozenset(fields) for fields in sum_fields(declared, collection).together()]
    return together if declared.only_sums else [frozenset(), *together]


def _all_of(branches: Sequence[Sequence[Condition]]) -> set[tuple[str, Kind]]:
    return {(one.field, one.kind) for branch in branches for one in branch}


class Guard:
    """A guard in front of the client library. It refuses queries that are not declared.

    Attributes:
        refused: The places in our code and the queries. They are kept, because the code may catch the refusal.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused: list[str] = []
        self._monkeypatch = monkeypatch
        # What the library sends, whoever builds it; and its own methods, since it sends when the results are read.
        self._before(FirestoreClient, "run_query", lambda _, request, *__: self._judge(request))
        self._before(FirestoreClient, "run_aggregation_query", lambda _, request, *__: self._judge(request))
        self._before(Query, "stream", lambda query, *_: self._judge(_request(query)))
        self._before(AggregationQuery, "stream", lambda query, *_: self._judge(_request(query)))
        for name in CALLS:
            self._bound(name)
        opened = ListenStream.__init__

        def open_judged(stream: ListenStream, target: Any) -> None:
            if target.HasField("query"):
                query = StructuredQuery.wrap(target.query.structured_query)
                self._judge({"parent": target.query.parent, "structured_query": query})
            opened(stream, target)

        monkeypatch.setattr(ListenStream, "__init__", open_judged)
        self._before(Watch, "__init__", lambda *_: self._refuse_watch())

    def _refuse_watch(self) -> None:
        """Refuse the library's watch: it does not notice that a connection is silent, and an error ends it unheard."""
        if (place := _our_place()) is not None:
            self.refused.append(f"{place} uses a watch of the client library. Use stoker.live instead.")
            raise AssertionError(self.refused[-1])

    def _before(self, owner: type, name: str, judge: Any) -> None:
        method = getattr(owner, name)

        @wraps(method)
        def judged(one: Any, *arguments: Any, **named: Any) -> Any:
            judge(one, *([named["request"]] if "request" in named else arguments))
            return method(one, *arguments, **named)

        self._monkeypatch.setattr(owner, name, judged)

    def _bound(self, name: str) -> None:
        """Refuse calls without the `retry` and the `timeout` of `patience`."""
        method = getattr(FirestoreClient, name)

        @wraps(method)
        def judged(api: Any, *arguments: Any, **named: Any) -> Any:
            bounded = "retry" in named and callable(named.get("timeout"))
            if not bounded and (place := _our_place()) is not None:
                self.refused.append(f"{place} calls {name} without `patience`, so that its tries have no deadline.")
                raise AssertionError(self.refused[-1])
            return method(api, *arguments, **named)

        self._monkeypatch.setattr(FirestoreClient, name, judged)

    def _judge(self, sent: Any) -> None:
        place = _our_place()
        if place is None:
            return
        request = sent if isinstance(sent, dict) else _parts_of(sent)
        whole = request.get("structured_aggregation_query")
        query = whole.structured_query if whole is not None else request["structured_query"]
        shape = shape_of(request["parent"], query, whole.aggregations if whole is not None else ())
        if shape is None or not any(shape.is_one_of(declared) for declared in (*DECLARED, *CLIENTS, *own_queries())):
            self.refused.append(f"{place} runs a query that stoker.queries.declared does not declare: {query}")
            raise AssertionError(self.refused[-1])


def _parts_of(request: Any) -> dict[str, Any]:
    """Return the parts of a request that is a message."""
    kind = "structured_query" if isinstance(request, RunQueryRequest) else "structured_aggregation_query"
    return {"parent": request.parent, kind: getattr(request, kind)}


def _request(query: Any) -> dict[str, Any]:
    """Return a query of the library as it is sent."""
    nested = query._nested_query if isinstance(query, AggregationQuery) else query
    parent, _ = nested._parent._parent_info()
    kind = "structured_aggregation_query" if isinstance(query, AggregationQuery) else "structured_query"
    return {"parent": parent, kind: query._to_protobuf()}


def _our_place() -> str | None:
    """Return the place in the deployed code that runs the query; None if a test runs it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS):
            return f"{Path(file).relative_to(ROOT)}:{frame.f_lineno}"
        if file.startswith(str(ROOT)) and not file.startswith(LIBRARIES):
            return None
        frame = frame.f_back
    return None
