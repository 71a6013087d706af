"""Pages of a declared query: the traps that pagination has fallen into elsewhere."""

import asyncio
import math
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.rows import ROWS, put, remove
from stoker import PaginatedQuery, any_of, query
from stoker.errors import (
    InvalidArgument,
    PageTokenExpired,
    PageTokenInvalid,
    PageTokenOfAnotherQuery,
    PageTokenOfAnotherUser,
    QueryNotDeclared,
)
from stoker.extend.alternative import alternative
from stoker.extend.app_query import forget_query
from stoker.firestore.messages import ValueMessage
from stoker.firestore.raw import name_of
from stoker.firestore.selection import AnyOf, Filter
from stoker.host import SystemHost
from stoker.pages.async_pages import AsyncPaginatedQuery
from stoker.queries.query import DeclaredQuery

MOST_PAGES = 50

pytestmark = pytest.mark.usefixtures("undelivered")


@pytest.fixture
def by_rank() -> Iterator[DeclaredQuery]:
    """A query of an owner's rows, sorted by rank."""
    made = query(ROWS, equals=["owner"], order=["rank"], name="rows-by-rank", backwards=True)
    yield made
    forget_query(made)


@pytest.fixture
def best_first() -> Iterator[DeclaredQuery]:
    """A query of an owner's rows, the greatest rank first."""
    made = query(ROWS, equals=["owner"], order=["-rank", "title"], backwards=True)
    yield made
    forget_query(made)


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


def all_pages(pages: "PaginatedQuery[dict[str, Any]]") -> list[list[str]]:
    """Every page, forwards. Going back from the last page gives the same pages."""
    page = pages.page()
    found = [page]
    while page.next is not None:
        page = pages.page(after=page.next)
        found.append(page)
        assert len(found) <= MOST_PAGES, "The pages lead in a circle."
    back = [page]
    while page.previous is not None:
        page = pages.page(before=page.previous)
        back.append(page)
        assert len(back) <= MOST_PAGES, "The pages lead in a circle."
    forwards = [one for page in found for one in ids(page.items)]
    assert [one for page in reversed(back) for one in ids(page.items)] == forwards
    assert [page.has_more for page in found] == [page.next is not None for page in found]
    return [ids(page.items) for page in found]


def of_ada(ranks: list[object], **more: object) -> list[str]:
    """Write rows of Ada; return their ids."""
    names = [f"row{number:03}" for number in range(len(ranks))]
    put({name: {"owner": "ada", "rank": rank, **more} for name, rank in zip(names, ranks, strict=True)})
    return names


def test_equal_sort_values_that_a_page_cuts_are_neither_skipped_nor_repeated(by_rank: DeclaredQuery) -> None:
    """flutterfire #2936"""
    names = of_ada([1, 1, 1, 1, 1, 2, 2])
    assert all_pages(PaginatedQuery(by_rank, 2, filters={"owner": "ada"})) == [
        names[0:2],
        names[2:4],
        names[4:6],
        names[6:],
    ]


def test_back_from_the_second_page_if_the_whole_first_page_is_equal(by_rank: DeclaredQuery) -> None:
    """django-rest-framework #7709"""
    names = of_ada([5] * 6)
    pages = PaginatedQuery(by_rank, 3, filters={"owner": "ada"})
    second = pages.page(after=pages.page().next)
    assert second.previous is not None
    first = pages.page(before=second.previous)
    assert (ids(first.items), first.previous, first.has_more) == (names[:3], None, False)
    assert first.next is not None
    assert ids(pages.page(after=first.next).items) == names[3:]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 10])
def test_there_is_a_next_page_only_if_it_has_documents(by_rank: DeclaredQuery, count: int) -> None:
    of_ada(list(range(count)))
    found = all_pages(PaginatedQuery(by_rank, 5, filters={"owner": "ada"}))
    assert [len(page) for page in found] == {0: [0], 1: [1], 4: [4], 5: [5], 6: [5, 1], 10: [5, 5]}[count]


def test_the_document_of_a_token_may_be_deleted(by_rank: DeclaredQuery) -> None:
    """convex-test #45"""
    names = of_ada(list(range(9)))
    pages = PaginatedQuery(by_rank, 3, filters={"owner": "ada"})
    first = pages.page()
    second = pages.page(after=first.next)
    remove(names[2], names[3])
    assert ids(pages.page(after=first.next).items) == names[4:7]
    assert ids(pages.page(after=second.next).items) == names[6:]
    assert second.previous is not None
    assert ids(pages.page(before=second.previous).items) == names[:2]


def test_back_from_a_page_whose_documents_were_all_deleted(by_rank: DeclaredQuery) -> None:
    names = of_ada(list(range(6)))
    pages = PaginatedQuery(by_rank, 3, filters={"owner": "ada"})
    first = pages.page()
    second = pages.page(after=first.next)
    remove(*names[3:])
    empty = pages.page(after=first.next)
    assert (empty.items, empty.next, empty.has_more) == ([], None, False)
    assert empty.previous is not None
    assert ids(pages.page(before=empty.previous).items) == names[:3]
    remove(*names[:3])
    put({"late": {"owner": "ada", "rank": 4}})
    assert second.previous is not None
    before = pages.page(before=second.previous)
    assert (before.items, before.previous) == ([], None)
    assert before.next is not None
    assert ids(pages.page(after=before.next).items) == ["late"]


def test_no_token_is_the_first_page(by_rank: DeclaredQuery) -> None:
    """python-firestore #439"""
    names = of_ada([1, 2])
    pages = PaginatedQuery(by_rank, 1, filters={"owner": "ada"})
    for nothing in (None, ""):
        assert ids(pages.page(after=nothing).items) == ids(pages.page(before=nothing).items) == names[:1]


def test_a_token_is_of_one_query_with_its_filters_and_of_one_user(
    by_rank: DeclaredQuery, best_first: DeclaredQuery
) -> None:
    """convex #505"""
    of_ada([1, 2, 3])
    token = PaginatedQuery(by_rank, 1, filters={"owner": "ada"}, principal="ada").page().next
    assert token is not None
    for pages, refused in (
        (PaginatedQuery(by_rank, 1, filters={"owner": "bob"}, principal="ada"), PageTokenOfAnotherQuery),
        (PaginatedQuery(best_first, 1, filters={"owner": "ada"}, principal="ada"), PageTokenOfAnotherQuery),
        (PaginatedQuery(by_rank, 1, filters={"owner": "ada"}, principal="bob"), PageTokenOfAnotherUser),
        (PaginatedQuery(by_rank, 1, filters={"owner": "ada"}), PageTokenOfAnotherUser),
    ):
        with pytest.raises(refused, match="first page"):
            pages.page(after=token)
    pages = PaginatedQuery(by_rank, 2, filters=[("owner", "==", "ada")], principal="ada")
    assert len(pages.page(after=token).items) == 2  # another size is the same query
    with pytest.raises(PageTokenInvalid):
        pages.page(before=token)
    for wrong in ("x", token[:-1], token + "A", "é" * 50):
        with pytest.raises(PageTokenInvalid):
            pages.page(after=wrong)


def test_the_order_of_the_filters_does_not_matter() -> None:
    of_ada([1, 2, 3], kind="plain")
    both = query(ROWS, equals=["owner", "kind"], order=["rank"])
    try:
        token = PaginatedQuery(both, 1, filters={"owner": "ada", "kind": "plain"}).page().next
        page = PaginatedQuery(both, 1, filters={"kind": "plain", "owner": "ada"}).page(after=token)
        assert [item["rank"] for item in page.items] == [2]
    finally:
        forget_query(both)


def test_a_token_expires(by_rank: DeclaredQuery) -> None:
    of_ada([1, 2, 3])
    token = PaginatedQuery(by_rank, 1, filters={"owner": "ada"}, token_seconds=60).page().next

    class Later(SystemHost):
        def now(self) -> datetime:
            return super().now() + timedelta(seconds=61)

    with pytest.raises(PageTokenExpired, match="first page"):
        PaginatedQuery(by_rank, 1, filters={"owner": "ada"}, host=Later()).page(after=token)


def timestamp(seconds: int, nanos: int) -> Any:
    made = ValueMessage()
    made.timestamp_value.seconds, made.timestamp_value.nanos = seconds, nanos
    return made


VALUES: dict[str, list[Any]] = {
    "null": [None, None, 0],
    "a null behind others": [False, None, True],
    "not a number": [math.nan, math.nan, -math.inf, 1.0],
    "zeros": [0.0, -0.0, 0, 0.0],
    "fractions": [0.1 + 0.2, 0.3, 0.30000000000000004, math.nextafter(0.3, 0)],
    "integers beyond 2^53": [2**53, 2**53 + 1, 2**53 + 2, 2**63 - 1, 2**63 - 2, -(2**63)],
    "integers and floats": [2**53 + 1, 2.0**53, 1, 1.0, 1.5],
    "nanoseconds": [timestamp(1, 1), timestamp(1, 2), timestamp(1, 1000), timestamp(-1, 999_999_999)],
    "bytes": [b"", b"\x00", b"\xff\xfe", b"\x00\x00"],
    "texts": ["", "é", "e\u0301", "😀", "\uffff", "z" * 1500],
    "geo points": [ValueMessage(geo_point_value={"latitude": 1.5, "longitude": lo}) for lo in (0.1, 0.2, -0.0)],
    "lists": [[1, "a"], [1], [], [None, 2.5]],
    "all types": [None, False, 3, math.nan, timestamp(1, 5), "a", b"a", [1]],
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_every_sort_value_survives_the_token(by_rank: DeclaredQuery, values: list[Any]) -> None:
    """django-rest-framework #5160, for each type of Firestore. Each row is a page, so each value is in a token."""
    names = of_ada([*values, *values])
    in_one = ids(PaginatedQuery(by_rank, 100, filters={"owner": "ada"}).page().items)
    assert sorted(in_one) == names
    assert all_pages(PaginatedQuery(by_rank, 1, filters={"owner": "ada"})) == [[name] for name in in_one]


def test_references_and_maps_survive_the_token(by_rank: DeclaredQuery) -> None:
    references = [ValueMessage(reference_value=name_of(path)) for path in ("a/b", "a/c", "b/a/c/d")]
    foreign = [ValueMessage(reference_value="projects/other/databases/(default)/documents/a/b")]
    maps = [ValueMessage(map_value={"fields": {"a": ValueMessage(integer_value=number)}}) for number in (1, 2)]
    names = of_ada([*references, *references, *foreign, *maps, *maps])
    found = all_pages(PaginatedQuery(by_rank, 1, filters={"owner": "ada"}))
    assert sorted(one for page in found for one in page) == names


def test_floats_keep_each_bit(by_rank: DeclaredQuery) -> None:
    of_ada([-0.0, 0.1 + 0.2, 5e-324])
    items = PaginatedQuery(by_rank, 100, filters={"owner": "ada"}).page().items
    assert {struct.pack(">d", item["rank"]) for item in items} == {
        struct.pack(">d", number) for number in (-0.0, 0.1 + 0.2, 5e-324)
    }


def test_several_sort_fields_in_both_directions(best_first: DeclaredQuery) -> None:
    put({f"r{a}{b}": {"owner": "ada", "rank": a, "title": "xyz"[b]} for a in range(3) for b in range(3)})
    assert all_pages(PaginatedQuery(best_first, 4, filters={"owner": "ada"})) == [
        ["r20", "r21", "r22", "r10"],
        ["r11", "r12", "r00", "r01"],
        ["r02"],
    ]


@pytest.mark.parametrize("order", ["rank", "-rank"])
def test_any_or_of_conditions_has_a_second_page(order: str) -> None:
    """With implicit orders, Firestore answers 400: order by clause cannot contain more fields after the key."""
    made = query(
        ROWS,
        equals=["owner"],
        any_of=[alternative(equals=["urgent"]), alternative(ranges_over="due"), alternative(equals=["a", "b"])],
        order=[order],
        backwards=True,
    )
    try:
        put(
            {
                f"row{number:02}": {
                    "owner": "ada",
                    "rank": number % 3,
                    "due": number,
                    "urgent": number % 4 == 0,
                    "a": number % 2,
                    "b": number % 5,
                }
                for number in range(20)
            }
        )
        wanted = {number for number in range(20) if number % 4 == 0 or number < 3 or (number % 2 and number % 5 == 1)}
        filters: list[Filter | AnyOf] = [
            ("owner", "==", "ada"),
            any_of(("urgent", "==", True), ("due", "<", 3), [("a", "==", 1), ("b", "==", 1)]),
        ]
        found = [one for page in all_pages(PaginatedQuery(made, 2, filters=filters)) for one in page]
        assert sorted(found) == [f"row{number:02}" for number in sorted(wanted)]
        ranks = [int(one[3:]) % 3 for one in found]
        assert ranks == sorted(ranks, reverse=order.startswith("-"))
    finally:
        forget_query(made)


def test_a_document_that_the_client_library_cannot_decode_is_an_item(by_rank: DeclaredQuery) -> None:
    foreign = ValueMessage(reference_value="projects/other/databases/(default)/documents/a/b")
    of_ada([1], link=foreign, time=timestamp(-1, 500_000_000))
    [item] = PaginatedQuery(by_rank, 3, filters={"owner": "ada"}).page().items
    assert item["link"] == "projects/other/databases/(default)/documents/a/b"
    assert item["time"] == datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)


def test_get_page_goes_on_with_each_call(by_rank: DeclaredQuery) -> None:
    names = of_ada([1, 2, 3, 4, 5])
    put({"bobs": {"owner": "bob", "rank": 1}})
    pages = PaginatedQuery(ROWS, page_size=2)
    found = [ids(pages.get_page({"owner": "ada"})) for _ in range(4)]
    assert found == [names[:2], names[2:4], names[4:], []]
    put({"later": {"owner": "ada", "rank": 9}})
    assert ids(pages.get_page({"owner": "ada"})) == ["later"]
    assert ids(pages.get_page({"owner": "bob"})) == ["bobs"]
    assert ids(pages.get_page({"owner": "ada"})) == names[:2]


def test_iterating_walks_over_all_documents(by_rank: DeclaredQuery) -> None:
    names = of_ada([number % 7 for number in range(700)])
    pages = PaginatedQuery(by_rank, 25, filters={"owner": "ada"})
    assert ids(list(pages)) == sorted(names, key=lambda name: (int(name[3:]) % 7, name))
    assert pages.total() == 700


def test_the_async_twin_does_the_same(by_rank: DeclaredQuery) -> None:
    names = of_ada([1, 2, 3])

    async def run() -> None:
        pages = AsyncPaginatedQuery(by_rank, 2, filters={"owner": "ada"})
        first = await pages.page()
        assert ids(first.items) == names[:2]
        assert ids((await pages.page(after=first.next)).items) == names[2:]
        assert [item["id"] async for item in pages] == names
        assert await pages.total() == 3
        assert ids(await pages.get_page()) == names[:2]

    asyncio.run(run())


def test_a_query_that_is_not_declared_for_it_has_no_pages_before(by_rank: DeclaredQuery) -> None:
    of_ada([1, 2, 3])
    forwards = query(ROWS, equals=["owner"], order=["rank"])
    try:
        pages = PaginatedQuery(forwards, 1, filters={"owner": "ada"})
        second = pages.page(after=pages.page().next)
        assert (second.previous, second.next is None) == (None, False)
        with pytest.raises(QueryNotDeclared, match="Declare it with backwards=True"):
            pages.page(before=second.next)
    finally:
        forget_query(forwards)


@pytest.mark.parametrize("size", [0, -1, 1001, 2.5, "25", True, None])
def test_a_wrong_page_size_is_refused(by_rank: DeclaredQuery, size: Any) -> None:
    with pytest.raises(InvalidArgument, match="page_size"):
        PaginatedQuery(by_rank, size)


@pytest.mark.parametrize(
    "wrong",
    [
        {"principal": 5},
        {"model": dict},
        {"token_seconds": 10**12},
        {"token_seconds": 0},
        {"order": ["rank"]},
        {"page_size": {"owner": "ada"}},
    ],
)
def test_a_wrong_argument_is_refused_with_a_sentence(by_rank: DeclaredQuery, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match=rf"must be|order only with|{next(iter(wrong))}"):
        PaginatedQuery(by_rank, **{"filters": {"owner": "ada"}, **wrong})


def test_two_tokens_are_refused(by_rank: DeclaredQuery) -> None:
    with pytest.raises(InvalidArgument, match="Pass only one of them"):
        PaginatedQuery(by_rank, filters={"owner": "ada"}).page(after="a", before="b")
