"""An app declares a query: its indexes are generated, and a function can run it."""

import json
from typing import Any

import pytest

from stoker.errors import QueryNotDeclared
from stoker.extend.alternative import alternative
from stoker.extend.app_query import forget_query, query
from stoker.firestore.selection import Selection
from stoker.queries.asking import any_of
from stoker.queries.own_queries import own_queries
from stoker.registry import RegistrationError
from stoker_tools.generate.indexes import indexes


def fields_of_indexes(collection: str) -> list[list[tuple[str, str]]]:
    """Return the fields of the composite indexes of a collection."""
    return [
        [(field["fieldPath"], field.get("order") or field["arrayConfig"]) for field in index["fields"]]
        for index in json.loads(indexes())["indexes"]
        if index["collectionGroup"] == collection
    ]


def test_its_index_is_made_while_it_is_declared() -> None:
    before = indexes()
    declared = query("notes", equals=["userId", "kind"], has="tags", order=["-createdAt"])
    assert fields_of_indexes("notes") == [
        [("userId", "ASCENDING"), ("kind", "ASCENDING"), ("tags", "CONTAINS"), ("createdAt", "DESCENDING")]
    ]
    forget_query(declared)
    assert indexes() == before


def test_a_range_and_a_choice_have_indexes() -> None:
    query("notes", equals="userId", ranges_over="dueAt", order="dueAt")
    query("notes", is_one_of="kind", order=["createdAt"])
    assert sorted(fields_of_indexes("notes")) == [
        [("kind", "ASCENDING"), ("createdAt", "ASCENDING")],
        [("userId", "ASCENDING"), ("dueAt", "ASCENDING")],
    ]


def test_a_query_that_is_read_backwards_has_an_index_of_the_opposite_order() -> None:
    query("notes", equals=["userId"], order=["-pinned", "createdAt"], backwards=True)
    assert sorted(fields_of_indexes("notes")) == [
        [("userId", "ASCENDING"), ("pinned", "ASCENDING"), ("createdAt", "DESCENDING")],
        [("userId", "ASCENDING"), ("pinned", "DESCENDING"), ("createdAt", "ASCENDING")],
    ]


def test_a_query_that_sorts_by_the_id_has_no_opposite_order() -> None:
    assert not query("notes", equals=["userId"], backwards=True).is_reversible
    assert fields_of_indexes("notes") == []


def test_each_alternative_has_an_index_with_the_whole_order() -> None:
    either = [alternative(equals=["kind"]), alternative(equals=["pinned"], ranges_over="dueAt")]
    query("notes", equals=["userId"], any_of=either, order=["-createdAt"])
    end = [("createdAt", "DESCENDING"), ("dueAt", "DESCENDING")]
    assert sorted(fields_of_indexes("notes")) == [
        [("userId", "ASCENDING"), ("kind", "ASCENDING"), *end],
        [("userId", "ASCENDING"), ("pinned", "ASCENDING"), *end],
    ]


def test_no_index_has_a_field_twice() -> None:
    either = [alternative(equals=["kind"]), alternative(equals=["pinned"], ranges_over="dueAt")]
    query("notes", equals=["userId"], any_of=either, ranges_over="dueAt", order=["-createdAt", "dueAt"], backwards=True)
    query("notes", has="tags", ranges_over="dueAt", order=["dueAt"], sums=["size", "dueAt"], backwards=True)
    for index in json.loads(indexes())["indexes"]:
        fields = [field["fieldPath"] for field in index["fields"]]
        assert len(fields) == len(set(fields))


def test_a_query_with_alternatives_needs_one_of_them() -> None:
    declared = query("notes", any_of=[alternative(equals=["kind"]), alternative(ranges_over="dueAt")], order=["dueAt"])
    either = any_of(("kind", "==", "plain"), ("dueAt", ">", 5), ("dueAt", "<", 1))
    assert declared.selection(either).filters == (either,)
    for wrong in (
        (),
        (either, either),
        (any_of(("pinned", "==", True)),),
        (any_of([("kind", "==", 1), ("dueAt", ">", 1)]),),
        (("kind", "==", "plain"),),
    ):
        with pytest.raises(QueryNotDeclared, match="Pass these filters, or declare another query"):
            declared.selection(*wrong)


def test_a_function_runs_it_with_the_conditions_that_it_declares() -> None:
    declared = query("notes", equals=["userId"], order=["-createdAt"])
    wanted = Selection("notes", (("userId", "==", "ada"),), (("createdAt", "DESCENDING"),))
    assert declared.selection(("userId", "==", "ada")) == wanted
    with pytest.raises(QueryNotDeclared):
        declared.selection(("kind", "==", "plain"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"collection": "no/tes"}, "'no/tes' is not the name of a collection"),
        ({"collection": None}, "is not the name of a collection"),
        ({"equals": ["user id"]}, "equals='user id', which is no field"),
        ({"equals": [5]}, "which is no field"),
        ({"has": "-tags"}, "has='-tags', which is no field"),
        ({"order": ["--a"]}, "which is no field"),
        ({"equals": ["kind", "kind"]}, "Name each field once"),
        ({"equals": ["kind"], "is_one_of": "kind"}, "compares kind twice"),
        ({"order": ["a", "-a"]}, "Name each field once"),
        ({}, "has no condition and no order"),
        ({"any_of": [alternative()]}, "has an alternative without a field"),
        ({"any_of": [alternative(equals=["a", "a"])]}, "Name each field once"),
        ({"any_of": [alternative(equals="a", ranges_over="b c")]}, "which is no field"),
        ({"equals": ["a"], "order": ["-a"]}, "sorts by a, and asks for equal values"),
        ({"is_one_of": "a", "order": ["b", "a"]}, "sorts by a, and asks for equal values"),
        ({"has": "a", "order": ["a"]}, "sorts by a, and asks for equal values"),
        ({"any_of": [alternative(equals=["a"])], "order": ["a"]}, "sorts by a, and asks for equal values"),
        ({"equals": ["a"], "any_of": [alternative(equals=["a"])]}, "compares a always, and in an alternative again"),
        ({"has": "a", "any_of": [alternative(ranges_over="a")]}, "compares a always, and in an alternative again"),
        ({"order": ["a"], "leaves_out": ["b"]}, "does not sort by this field"),
        ({"sums": ["a", "a"]}, "Name each field once"),
        ({"order": ["a"], "name": "x" * 101}, "at most 100 characters"),
        ({"order": ["a"], "name": 5}, "at most 100 characters"),
    ],
)
def test_a_wrong_query_is_refused_at_once(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RegistrationError) as raised:
        query(**{"collection": "notes", **options})
    assert sentence in str(raised.value)
    assert not own_queries()
