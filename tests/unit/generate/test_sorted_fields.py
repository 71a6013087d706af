"""A query that sorts by a field that a document may lack is refused, because such documents vanish from its result."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from stoker import own_documents
from stoker.models.owned_document import OwnedDocument
from stoker.models.writers import CLIENT
from stoker.own_documents import OwnDocument
from stoker.queries.clients import CLIENTS
from stoker.queries.declared import DECLARED
from stoker.queries.query import (
    NAME,
    Condition,
    DeclaredQuery,
    Order,
    ascending,
    between,
    contains,
    descending,
    equal,
    one_of,
    perhaps,
)
from stoker_tools.generate.errors import GenerateError
from stoker_tools.generate.indexes import indexes
from stoker_tools.generate.sorted_fields import check_sorted_fields


@pytest.fixture(autouse=True)
def _lessons() -> Iterator[None]:
    """Lessons, whose model requires `minutes`, and may lack `rating` and `endedAt`."""
    own_documents.add(OwnDocument("lessons", "unit.aggregations.lesson:Lesson", "lesson", (), (), (), ()))
    yield
    own_documents.remove("lessons")


def lessons(where: list[Condition], order: list[Order], **more: Any) -> DeclaredQuery:
    return DeclaredQuery(lambda: ("lessons",), where=where, order=order, **more)


def case_of(case: object) -> str:
    """Return the name of a case. It is the same in each process, so it has no address of an object."""
    if not isinstance(case, DeclaredQuery):
        return str(case)
    conditions = [one for branch in ([*case.where], *case.any_of) for one in branch]
    compared = ",".join(f"{one.field}:{one.kind}{'?' if one.optional else ''}" for one in conditions)
    return f"{compared or 'nothing'} by {','.join(field for field, _ in case.order) or 'nothing'} {len(case.any_of)}"


@pytest.mark.parametrize(
    "query",
    [
        lessons(equal("userId"), []),
        lessons(equal("userId"), [descending("startedAt"), ascending(NAME)]),
        # Nobody asks for documents without a field that is compared.
        lessons(between("endedAt"), [ascending("endedAt")]),
        lessons(between("endedAt"), []),
        lessons(equal("rating"), [ascending("rating")]),
        lessons(one_of("rating"), [ascending("rating")]),
        lessons(contains("rating"), [ascending("rating")]),
        lessons([], [], any_of=[between("rating"), [*equal("words"), *between("rating")]]),
        # The range is in the order only if it is asked for.
        lessons(perhaps(between("rating")), [ascending("startedAt")]),
        lessons(equal("userId"), [ascending("rating")], leaves_out=["rating"]),
        lessons([], [], any_of=[between("minutes"), equal("words")]),
        # Nothing is known of these documents.
        DeclaredQuery(lambda: ("elsewhere",), order=[ascending("rating")]),
    ],
    ids=case_of,
)
def test_a_query_that_finds_all_documents_that_are_meant_passes(query: DeclaredQuery) -> None:
    check_sorted_fields([query])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (lessons(equal("userId"), [ascending("rating")]), "rating"),
        (lessons(equal("userId"), [ascending("startedAt"), descending("endedAt")]), "endedAt"),
        (lessons(perhaps(equal("rating")), [ascending("rating")]), "rating"),
        (lessons(perhaps(between("rating")), [ascending("rating")]), "rating"),
        (lessons(equal("userId"), [ascending("rating.stars")]), "rating.stars"),
        # The range of an alternative belongs to the order, also for the documents of the other alternative.
        (lessons([], [], any_of=[between("rating"), equal("words")]), "rating"),
        (lessons(equal("userId"), [ascending("rating")], leaves_out=["endedAt"]), "rating"),
    ],
    ids=case_of,
)
def test_a_query_that_loses_documents_is_refused(query: DeclaredQuery, field: str) -> None:
    with pytest.raises(GenerateError, match=rf"of lessons, .* sorts by {field}, but the model does not require it"):
        check_sorted_fields([query])


@pytest.mark.parametrize(
    "query",
    [
        lessons(equal("userID"), []),
        lessons([], [], any_of=[equal("userID"), equal("words")]),
        lessons(equal("words"), [ascending("userID")]),
        lessons(equal("words"), [], sums=["userID"]),
    ],
    ids=["compared", "alternative", "order", "sum"],
)
def test_a_field_that_the_model_does_not_have_is_named(query: DeclaredQuery) -> None:
    with pytest.raises(GenerateError, match=r"names userID, but the model has no such field\. Is userId meant\?"):
        check_sorted_fields([query])


def test_the_sentence_names_the_query_and_both_ways_out() -> None:
    query = lessons(equal("userId"), [ascending("rating")], name="best lessons")
    with pytest.raises(GenerateError) as refused:
        indexes([query])
    assert str(refused.value) == (
        "The query 'best lessons' of lessons, which compares userId, sorts by rating, but the model does not require "
        "it. Firestore leaves out documents without rating. Either make rating a required field of the model, or add "
        "leaves_out=['rating'] to the query, if these documents are left out on purpose."
    )


def test_our_own_queries_lose_no_documents() -> None:
    check_sorted_fields([*DECLARED, *CLIENTS])


class Essay(OwnedDocument):
    """Texts of several lengths."""

    short: Annotated[str, CLIENT, Field(max_length=500)]
    long: Annotated[str, CLIENT, Field(max_length=501)]
    endless: Annotated[str, CLIENT]
    kind: Annotated[Literal["a", "b"], CLIENT]
    made: str


@pytest.mark.parametrize("field", ["long", "endless"])
def test_a_query_that_sorts_by_long_texts_of_clients_is_refused(field: str) -> None:
    """One such text would end each page that it is the last of with an error, for every reader of the list."""
    own_documents.add(OwnDocument("essays", "unit.generate.test_sorted_fields:Essay", "essay", (), (), (), ()))
    try:
        with pytest.raises(GenerateError, match=rf"sorts by {field}, whose texts may have more than 1,500 bytes"):
            check_sorted_fields([DeclaredQuery(lambda: ("essays",), order=[ascending(field)])])
        for fine in ("short", "kind", "made", "createdAt"):
            check_sorted_fields([DeclaredQuery(lambda: ("essays",), order=[ascending(fine)])])
    finally:
        own_documents.remove("essays")
