"""The requests of figures. Fields that a document may lack never share a request with anything else."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker import own_documents
from stoker.aggregations.request_plan import COUNT, MAX_AGGREGATES, Aggregate, Request, SumFields, planned, sum_fields
from stoker.errors import QueryNotDeclared
from stoker.own_documents import OwnDocument
from stoker.queries.query import DeclaredQuery, equal

BOTH = SumFields(shared=("minutes", "words"), alone=("rating", "price"))


@pytest.fixture
def lessons() -> Iterator[str]:
    """The collection of a kind of document of the app."""
    own_documents.add(OwnDocument("lessons", "unit.aggregations.lesson:Lesson", "lesson", (), (), (), ()))
    yield "lessons"
    own_documents.remove("lessons")


def kinds(requests: list[Request]) -> list[list[str]]:
    """Return the requests as words."""
    return [[f"{one.kind} {one.field}".strip() for one in request] for request in requests]


@pytest.mark.parametrize(
    ("fields", "count", "sums", "averages", "requests"),
    [
        (BOTH, True, [], [], [["count"]]),
        # One index has both fields, so both are named.
        (BOTH, True, ["minutes"], [], [["count"], ["count", "sum minutes", "sum words"]]),
        (BOTH, False, [], ["words"], [["count", "sum minutes", "average words"]]),
        (BOTH, False, ["minutes"], ["minutes"], [["count", "sum minutes", "sum words", "average minutes"]]),
        (BOTH, True, ["rating"], [], [["count"], ["count", "sum rating"]]),
        (BOTH, False, ["rating"], ["rating"], [["count", "sum rating", "average rating"]]),
        (
            BOTH,
            True,
            ["minutes", "rating", "price"],
            ["price"],
            [
                ["count"],
                ["count", "sum minutes", "sum words"],
                ["count", "sum rating"],
                ["count", "sum price", "average price"],
            ],
        ),
        (
            SumFields(shared=("a", "b", "c", "d")),
            True,
            ["a", "b", "c", "d"],
            ["b", "d"],
            [
                ["count"],
                ["count", "sum a", "sum b", "sum c", "sum d"],
                ["count", "sum a", "average b", "sum c", "average d"],
            ],
        ),
    ],
)
def test_the_requests(
    fields: SumFields, count: bool, sums: list[str], averages: list[str], requests: list[list[str]]
) -> None:
    assert kinds(planned(fields, count=count, sums=sums, averages=averages)) == requests


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(shared=st.lists(st.sampled_from("abcd"), unique=True), wanted=NAMES, averaged=NAMES, count=st.booleans())
def test_every_figure_is_asked_for_where_it_is_right(
    shared: list[str], wanted: list[str], averaged: list[str], count: bool
) -> None:
    fields = SumFields(tuple(shared), tuple(name for name in "abcdefgh" if name not in shared))
    requests = planned(fields, count=count, sums=wanted, averages=averaged)
    made = {one for request in requests for one in request}
    assert {Aggregate("sum", one) for one in wanted} | {Aggregate("average", one) for one in averaged} <= made
    for request in requests:
        assert request[0] == COUNT
        assert len(request) <= MAX_AGGREGATES
        assert len(set(request)) == len(request)
        named = {one.field for one in request[1:]}
        # An index serves the request, and each document that the query finds is in it or is left out on purpose.
        assert named == {*shared} or len(named) <= 1
        assert not named or named == {*shared} or not named & {*shared}
    # Documents from before a field was required lack it, so no sum shares the request of the count.
    assert requests.count((COUNT,)) == count == (requests[:1] == [(COUNT,)])


def test_a_field_that_is_not_declared_is_refused() -> None:
    with pytest.raises(QueryNotDeclared, match=r"declares no sum of likes.*sums=\['likes'\]"):
        planned(BOTH, count=True, sums=["minutes"], averages=["likes"])


def test_more_shared_fields_than_a_request_can_name_are_refused() -> None:
    with pytest.raises(QueryNotDeclared, match="5 fields that the model requires"):
        planned(SumFields(shared=tuple("abcde")), count=True, sums=["a"], averages=[])


def test_only_fields_that_the_model_requires_are_shared(lessons: str) -> None:
    declared = DeclaredQuery(lambda: (lessons,), where=equal("userId"), sums=["minutes", "rating", "unknown", "words"])
    fields = sum_fields(declared, lessons)
    assert fields == SumFields(shared=("minutes", "words"), alone=("rating", "unknown"))
    assert fields.together() == [("minutes", "words"), ("rating",), ("unknown",)]
    # Nothing is known of the documents of another collection.
    assert sum_fields(declared, "elsewhere").shared == ()
