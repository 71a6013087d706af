"""Production refuses a query that no index serves; the emulator runs any. So it is judged here what serves what."""

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from stoker import config, own_documents
from stoker.aggregations import request_plan
from stoker.own_documents import OwnDocument
from stoker.queries import clients, declared
from stoker.queries.query import (
    DeclaredQuery,
    ascending,
    between,
    contains,
    descending,
    equal,
    one_of,
    opposite,
    perhaps,
)
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.indexes import EXPIRING, composite_indexes, indexes
from stoker_tools.setup.environment import ROOT

MADE = json.loads((ROOT / "firestore.indexes.json").read_text())
FORWARDS = [*declared.DECLARED, *clients.CLIENTS]
BACKWARDS = [replace(one, order=opposite(one.order)) for one in FORWARDS if one.is_reversible]
"""The queries as they are run for the page before a page."""

QUERIES = [*FORWARDS, *BACKWARDS]

Index = tuple[tuple[str, str], ...]


def variants(query: DeclaredQuery) -> Iterator[tuple[dict[str, str], str | None]]:
    """The equal fields of each form that a query may have, with their modes, and the field between two values."""
    needed = [one for one in query.where if not one.optional]
    optional = [one for one in query.where if one.optional]
    for size in range(len(optional) + 1):
        for some in itertools.combinations(optional, size):
            asked = [*needed, *some]
            modes = {"contains": "CONTAINS", "equal": "ASCENDING", "one-of": "ASCENDING"}
            yield (
                {one.field: modes[one.kind] for one in asked if one.kind != "range"},
                next((one.field for one in asked if one.kind == "range"), None),
            )


def composites(made: dict[str, Any], collection: str) -> list[Index]:
    return [
        tuple((field["fieldPath"], field.get("order") or field["arrayConfig"]) for field in index["fields"])
        for index in made["indexes"]
        if (index["collectionGroup"], index["queryScope"]) == (collection, "COLLECTION")
    ]


def has_single(made: dict[str, Any], collection: str, field: str, mode: str) -> bool:
    """Return whether a field has a single-field index. Firestore makes an index of each field that is not exempt."""
    for override in made["fieldOverrides"]:
        if (override["collectionGroup"], override["fieldPath"]) == (collection, field):
            return any(mode in (one.get("order"), one.get("arrayConfig")) for one in override["indexes"])
    return True


def is_served(
    made: dict[str, Any], collection: str, query: DeclaredQuery, equals: dict[str, str], ranged: str | None
) -> bool:
    """Return whether Firestore can serve a query, by its documented rules.

    Source: https://firebase.google.com/docs/firestore/query-data/index-overview
    """
    order = [(field, str(direction)) for field, direction in query.order if field != "__name__"]
    if not order and ranged is not None:
        order = [(ranged, "ASCENDING")]
    rest: Sequence[tuple[str, str]] = [*order, *((field, "ASCENDING") for field in query.sums)]
    if not rest:
        return all(has_single(made, collection, field, mode) for field, mode in equals.items())
    if not equals:
        return len(rest) == 1 and has_single(made, collection, *rest[0])
    # One index, or several that end the same way and together hold all that is equal. To merge long lists costs time:
    # what each form of the query asks for must be in each of them.
    always = {one.field for one in query.where if one.kind != "range" and not one.optional}
    ends = [index for index in composites(made, collection) if list(index[-len(rest) :]) == list(rest)]
    usable = [dict(index[: -len(rest)]) for index in ends if set(index[: -len(rest)]) <= set(equals.items())]
    return {field for one in usable if always <= one.keys() for field in one} == equals.keys()


def unserved(made: dict[str, Any], queries: Iterable[DeclaredQuery]) -> list[str]:
    return [
        f"{collection}: {equals} {ranged} {query.order}"
        for query in queries
        if not query.group
        for collection in query.collections()
        for equals, ranged in variants(query)
        if not is_served(made, collection, query, equals, ranged)
    ]


def test_every_declared_query_is_served() -> None:
    assert unserved(MADE, QUERIES) == []


@pytest.mark.parametrize("at", range(len(MADE["indexes"])), ids=lambda at: json.dumps(MADE["indexes"][at]["fields"]))
def test_every_index_serves_a_query(at: int) -> None:
    fewer = {**MADE, "indexes": MADE["indexes"][:at] + MADE["indexes"][at + 1 :]}
    assert unserved(fewer, QUERIES)


def test_the_file_is_what_the_queries_need() -> None:
    assert json.dumps(MADE, indent=2) + "\n" == indexes()


def test_timestamps_maps_and_long_texts_have_no_index_that_nothing_is_served_by() -> None:
    exempt = {(one["collectionGroup"], one["fieldPath"]) for one in MADE["fieldOverrides"] if one["indexes"] == []}
    for field in ("input", "output", "checkpoint", "attempts", "lease.expiresAt", "updatedAt", "expiresAt"):
        assert (config.JOBS, field) in exempt
    assert {(config.ANALYTICS_EVENTS, field) for field in ("properties", "occurredAt", "createdAt")} <= exempt
    assert {(config.TASKS, field) for field in ("description", "subtasks", "createdAt")} <= exempt
    assert (config.JOBS, "createdAt") not in exempt  # the newest jobs of all are asked for
    assert not {field for _, field in exempt} & {"userId", "status", "tags", "type", "stage"}


def test_what_expires_is_deleted_by_firestore() -> None:
    expiring = {one["collectionGroup"]: one["fieldPath"] for one in MADE["fieldOverrides"] if one.get("ttl")}
    assert expiring == dict(EXPIRING)


def fields(query: DeclaredQuery) -> list[list[str]]:
    """The indexes that a query needs, as words."""
    return [
        [f"{field['fieldPath']} {field.get('order') or field['arrayConfig']}" for field in index["fields"]]
        for index in composite_indexes(query)
    ]


def notes() -> tuple[str]:
    return ("notes",)


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        (DeclaredQuery(notes, where=equal("a", "b")), []),
        (DeclaredQuery(notes, where=[*equal("a"), *contains("b")]), []),
        (DeclaredQuery(notes, where=between("a")), []),
        (DeclaredQuery(notes, order=[descending("a")]), []),
        (DeclaredQuery(notes, where=equal("a"), order=[ascending("__name__")]), []),
        (DeclaredQuery(notes, where=[*equal("a"), *between("b")]), [["a ASCENDING", "b ASCENDING"]]),
        (DeclaredQuery(notes, where=equal("a"), order=[descending("b")]), [["a ASCENDING", "b DESCENDING"]]),
        (
            DeclaredQuery(notes, where=[*between("c"), *equal("a")], order=[descending("b")]),
            [["a ASCENDING", "b DESCENDING", "c DESCENDING"]],
        ),
        (
            DeclaredQuery(notes, where=contains("a"), order=[descending("b"), ascending("c")]),
            [["a CONTAINS", "b DESCENDING", "c ASCENDING"]],
        ),
        (DeclaredQuery(notes, where=one_of("a"), sums=["b"]), [["a ASCENDING", "b ASCENDING"]]),
        (
            DeclaredQuery(notes, where=[*equal("a"), *perhaps(equal("b"))], order=[ascending("c")]),
            [["a ASCENDING", "c ASCENDING"], ["a ASCENDING", "b ASCENDING", "c ASCENDING"]],
        ),
        (
            DeclaredQuery(notes, where=perhaps(equal("a", "b")), order=[ascending("c")]),
            [["a ASCENDING", "c ASCENDING"], ["b ASCENDING", "c ASCENDING"]],
        ),
    ],
)
def test_what_is_equal_comes_first_then_the_order_then_the_range(query: DeclaredQuery, needed: list[list[str]]) -> None:
    assert fields(query) == needed


def test_a_collection_group_has_indexes_of_its_own() -> None:
    sorted_by = DeclaredQuery(notes, where=equal("a"), order=[ascending("b")], group=True)
    [index] = composite_indexes(sorted_by)
    assert index["queryScope"] == "COLLECTION_GROUP"
    [override] = [
        one
        for one in json.loads(indexes([DeclaredQuery(notes, where=equal("a"), group=True)]))["fieldOverrides"]
        if one["collectionGroup"] == "notes"
    ]
    # Firestore makes none for a group by itself, and an override replaces what it makes.
    assert override == {
        "collectionGroup": "notes",
        "fieldPath": "a",
        "indexes": [
            {"order": "ASCENDING", "queryScope": "COLLECTION"},
            {"order": "ASCENDING", "queryScope": "COLLECTION_GROUP"},
            {"arrayConfig": "CONTAINS", "queryScope": "COLLECTION"},
            {"order": "DESCENDING", "queryScope": "COLLECTION"},
        ],
    }


@pytest.fixture
def lessons() -> Iterator[str]:
    """Lessons, whose model requires `minutes` and `words`, and may lack `rating`."""
    own_documents.add(OwnDocument("lessons", "unit.aggregations.lesson:Lesson", "lesson", (), (), (), ()))
    yield "lessons"
    own_documents.remove("lessons")


def test_sums_of_fields_that_all_documents_have_share_an_index(lessons: str) -> None:
    query = DeclaredQuery(
        lambda: (lessons,),
        where=equal("userId"),
        order=[descending("startedAt"), ascending("__name__")],
        sums=["rating", "minutes", "userId", "words"],
    )
    assert fields(query) == [
        ["userId ASCENDING", "startedAt DESCENDING", "__name__ ASCENDING"],
        ["userId ASCENDING", "startedAt DESCENDING", "minutes ASCENDING", "words ASCENDING"],
        ["userId ASCENDING", "startedAt DESCENDING", "rating ASCENDING"],
    ]
    assert fields(replace(query, only_sums=True)) == fields(query)[1:]


def test_each_alternative_has_the_sums(lessons: str) -> None:
    alternatives = [equal("userId"), between("minutes")]
    query = DeclaredQuery(lambda: (lessons,), any_of=alternatives, sums=["rating", "minutes"], only_sums=True)
    assert fields(query) == [
        ["userId ASCENDING", "minutes ASCENDING"],
        ["userId ASCENDING", "minutes ASCENDING", "rating ASCENDING"],
        ["minutes ASCENDING", "rating ASCENDING"],
    ]


def test_more_shared_sums_than_a_request_can_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_plan, "is_required", lambda *_: True)
    query = DeclaredQuery(notes, where=equal("a"), sums=["b", "c", "d", "e"])
    assert len(fields(query)) == 1
    with pytest.raises(GenerateError, match="of notes adds up 5 fields that the model requires: b, c, d, e, f"):
        indexes([replace(query, sums=["b", "c", "d", "e", "f"])])


def test_more_than_a_database_may_have_is_refused() -> None:
    many = [DeclaredQuery(notes, where=equal(f"a{number}"), order=[ascending("b")]) for number in range(201)]
    with pytest.raises(GenerateError, match="201 indexes"):
        indexes(many)
