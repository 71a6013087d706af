"""An app declares a query: its indexes are generated, and a function can run it."""

import json
from typing import Any

import pytest

from stoker.errors import QueryNotDeclared
from stoker.extend.app_query import forget_query, query
from stoker.firestore.selection import Selection
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
    ],
)
def test_a_wrong_query_is_refused_at_once(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RegistrationError) as raised:
        query(**{"collection": "notes", **options})
    assert sentence in str(raised.value)
    assert not own_queries()
