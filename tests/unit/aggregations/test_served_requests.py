"""Every request for figures is declared and has its index. The emulator would answer it without one."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from google.cloud.firestore_v1.types import StructuredAggregationQuery, StructuredQuery
from hypothesis import given
from hypothesis import strategies as st

from declared_only import shape_of
from stoker import own_documents
from stoker.aggregations.aggregation_requests import aggregation_message, request_query
from stoker.aggregations.request_plan import COUNT, Aggregate, planned, sum_fields
from stoker.firestore.client import client
from stoker.firestore.selection import AnyOf, Filter
from stoker.own_documents import OwnDocument
from stoker.queries.query import DeclaredQuery, ascending, between, descending, equal, one_of, perhaps
from stoker_tools.generate.indexes import composite_indexes

ROOT = "projects/demo-served/databases/(default)/documents"
SUMS = ("minutes", "rating", "words", "price")
_Operator = StructuredQuery.FieldFilter.Operator
EQUAL = {int(_Operator.EQUAL), int(_Operator.IN), int(_Operator.ARRAY_CONTAINS)}
OR = int(StructuredQuery.CompositeFilter.Operator.OR)


OF_ADA: Filter = ("userId", "==", "ada")
USER = equal("userId")
NEWEST = [descending("startedAt")]


def declared(**parts: Any) -> DeclaredQuery:
    return DeclaredQuery(lambda: ("lessons",), sums=SUMS, **parts)


CASES: dict[str, tuple[DeclaredQuery, list[Filter | AnyOf]]] = {
    "equal": (declared(where=equal("userId", "topic")), [OF_ADA, ("topic", "==", "verbs")]),
    "all": (declared(order=NEWEST), []),
    "range": (declared(where=[*USER, *between("startedAt")]), [OF_ADA, ("startedAt", ">", 1)]),
    "order": (declared(where=USER, order=[*NEWEST, ascending("__name__")]), [OF_ADA]),
    "order of a sum": (declared(where=USER, order=[descending("words")]), [OF_ADA]),
    "one of": (declared(where=one_of("topic")), [("topic", "in", ["verbs", "nouns"])]),
    "equal sum": (declared(where=equal("minutes")), [("minutes", "==", 5)]),
    "perhaps": (declared(where=[*USER, *perhaps(equal("topic"))], order=[ascending("startedAt")]), [OF_ADA]),
    "backwards": (declared(where=USER, order=NEWEST, backwards=True), [OF_ADA]),
    "any of": (
        declared(where=USER, any_of=[equal("topic"), between("minutes")]),
        [OF_ADA, AnyOf(((("topic", "==", "verbs"),), (("minutes", ">", 5),)))],
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _lessons() -> Iterator[None]:
    """Lessons, whose model requires `minutes` and `words`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
        patch.setenv("GCLOUD_PROJECT", "demo-served")
        client.cache_clear()
        own_documents.add(OwnDocument("lessons", "unit.aggregations.lesson:Lesson", "lesson", (), (), (), ()))
        yield
        own_documents.remove("lessons")
    client.cache_clear()


def needed(query: Any) -> Iterator[tuple[frozenset[str], list[str]]]:
    """Yield the indexes that a query needs: the fields with equal values, and the fields of the order.

    Source: https://firebase.google.com/docs/firestore/query-data/index-overview
    """
    order = [(one.field.field_path, one.direction) for one in query.order_by]
    if order and order[-1][0] == "__name__" and (len(order) == 1 or order[-1][1] == order[-2][1]):
        order.pop()  # as Firestore sorts in any case
    rest = [f"{field} {'ASCENDING' if direction == 1 else 'DESCENDING'}" for field, direction in order]
    for filters in branches(query.where):
        yield frozenset(one.field.field_path for one in filters if one.op in EQUAL), rest


def branches(where: Any) -> list[list[Any]]:
    """Return the filters of each alternative of a query."""
    kind = where.WhichOneof("filter_type")
    if kind != "composite_filter":
        return [[where.field_filter]] if kind else [[]]
    inner = [branches(one) for one in where.composite_filter.filters]
    if where.composite_filter.op == OR:
        return [branch for each in inner for branch in each]
    return [[one for branch in chosen for one in branch] for chosen in product(*inner)]


def made(query: DeclaredQuery) -> list[list[str]]:
    """Return the composite indexes of a query."""
    return [[f"{one['fieldPath']} {one['order']}" for one in index["fields"]] for index in composite_indexes(query)]


FIELDS = st.lists(st.sampled_from(SUMS), unique=True)


@pytest.mark.parametrize("name", CASES)
@given(count=st.booleans(), sums=FIELDS, averages=FIELDS)
def test_each_request_is_declared_and_has_an_index(
    name: str, count: bool, sums: list[str], averages: list[str]
) -> None:
    declaration, filters = CASES[name]
    selection = declaration.selection(*filters)
    for request in planned(sum_fields(declaration, "lessons"), count=count, sums=sums, averages=averages):
        query = request_query(selection, request)
        aggregations = [StructuredAggregationQuery.Aggregation.wrap(aggregation_message("a", one)) for one in request]
        shape = shape_of(ROOT, StructuredQuery.wrap(query), aggregations)
        assert shape is not None
        assert shape.is_one_of(declaration)
        for equal_fields, rest in needed(query):
            if rest and (equal_fields or len(rest) > 1):
                served = [one for one in made(declaration) if one[-len(rest) :] == rest]
                fields = [{one.split()[0] for one in index[: -len(rest)]} for index in served]
                assert equal_fields in fields, (equal_fields, rest, made(declaration))


@pytest.mark.parametrize("together", [("minutes",), ("minutes", "rating"), ("rating", "price"), SUMS])
def test_the_guard_refuses_sums_that_share_no_index(together: tuple[str, ...]) -> None:
    declaration, filters = CASES["equal"]
    request = (COUNT, *(Aggregate("sum", field) for field in together))
    query = request_query(declaration.selection(*filters), request)
    aggregations = [StructuredAggregationQuery.Aggregation.wrap(aggregation_message("a", one)) for one in request]
    shape = shape_of(ROOT, StructuredQuery.wrap(query), aggregations)
    assert shape is not None
    assert not shape.is_one_of(declaration)
