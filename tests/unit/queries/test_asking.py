"""A caller's filters are checked against the declared queries before Firestore is asked."""

from collections.abc import Iterator
from typing import Any

import pytest

from stoker import Aggregations, PaginatedQuery
from stoker.errors import InvalidArgument, QueryNotDeclared
from stoker.extend.alternative import alternative
from stoker.extend.app_query import forget_query, query
from stoker.firestore.client import client
from stoker.firestore.selection import AnyOf, Selection
from stoker.queries.asking import any_of, asked
from stoker.queries.clients import TASKS_NEWEST_FIRST
from stoker.queries.job_queries import DELETED_OF_A_DAY
from stoker.queries.message import full_order, message_of
from stoker.queries.presence import is_required
from stoker.queries.query import DeclaredQuery


@pytest.fixture
def notes() -> Iterator[DeclaredQuery]:
    """A query with everything."""
    made = query(
        "notes",
        equals=["userId"],
        is_one_of="kind",
        any_of=[alternative(equals=["pinned"]), alternative(ranges_over="dueAt")],
        order=["-createdAt"],
    )
    yield made
    forget_query(made)


def test_a_name_finds_the_first_query_with_these_filters() -> None:
    assert asked("tasks", {"userId": "ada"}).declared is TASKS_NEWEST_FIRST
    by_due_date = asked("tasks", {"userId": "ada", "status": "todo"}, order=["dueDate"])
    assert by_due_date.selection.order == (("dueDate", "ASCENDING"),)


def test_a_name_alone_finds_no_query_that_leaves_documents_out() -> None:
    """A task without a due date must not vanish because of an order that nobody has asked for."""
    assert asked("tasks", {"userId": "ada", "status": "todo"}).selection.order == (("__name__", "ASCENDING"),)


@pytest.mark.parametrize("make", [asked, Aggregations, lambda one, filters: PaginatedQuery(one, filters=filters)])
def test_a_query_whose_index_serves_sums_alone_is_refused(make: Any) -> None:
    with pytest.raises(QueryNotDeclared, match="'deletedJobs' is declared for its sums alone"):
        make(DELETED_OF_A_DAY, {"day": "2026-11-27"})
    assert DELETED_OF_A_DAY.selection(("day", "==", "2026-11-27")).collection == "deletedJobs"  # as the engine runs it


@pytest.mark.parametrize("value", [None, float("nan")])
def test_a_range_from_nothing_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="can't be compared with null or NaN"):
        asked("tasks", [("userId", "==", "ada"), ("dueDate", "<", value)])
    assert asked("tasks", {"userId": value}).selection.filters[0][2:] == (value,)  # type: ignore[index]


def test_a_query_of_the_app_comes_before_those_of_stoker() -> None:
    own = query("tasks", equals=["userId"], order=["priority"])
    try:
        assert asked("tasks", {"userId": "ada"}).declared is own
        assert asked("tasks", {"userId": "ada"}, order=["-createdAt"]).declared is TASKS_NEWEST_FIRST
    finally:
        forget_query(own)


@pytest.mark.parametrize(
    ("collection", "filters", "order", "sentence"),
    [
        ("notes", {"userId": "ada"}, None, "Declare stoker.query('notes', equals=['userId'], order=[...]) in main.py"),
        ("tasks", {}, None, "compares no field"),
        ("tasks", {"color": "red"}, None, "compares color"),
        ("tasks", {"userId": "ada"}, ["title"], "sorted by title"),
        ("tasks", [("userId", "==", "ada"), ("color", "<", 5)], None, "equals=['userId'], ranges_over='color'"),
        ("tasks", [("color", "in", ["red"])], None, "is_one_of='color'"),
        ("tasks", {"userId": "ada"}, "-title", "equals=['userId'], order=['-title']"),
        (None, {"userId": "ada"}, None, "No declared query of None"),
        (7, {}, None, "No declared query of 7"),
        ("tasks", [any_of(("userId", "==", "ada"))], None, "any_of=[alternative(equals=['userId'])]"),
    ],
)
def test_a_query_that_is_not_declared_says_what_to_declare(
    collection: Any, filters: Any, order: Any, sentence: str
) -> None:
    with pytest.raises(QueryNotDeclared) as raised:
        asked(collection, filters, order)
    assert sentence in str(raised.value)


def test_an_unknown_operator_is_answered_with_the_operators() -> None:
    with pytest.raises(InvalidArgument, match=r"'=' is no operator for userId\. Use one of ==, in, "):
        asked("tasks", [("userId", "=", "ada")])


def test_a_declared_query_has_its_own_order(notes: DeclaredQuery) -> None:
    with pytest.raises(InvalidArgument, match="has its own order"):
        asked(notes, {"userId": "ada"}, order=["createdAt"])


def test_the_message_shows_which_conditions_belong_together(notes: DeclaredQuery) -> None:
    wrong: list[Any] = [("userId", "==", "ada"), any_of([("pinned", "==", 1), ("dueAt", "<", 5)])]
    with pytest.raises(QueryNotDeclared) as raised:
        asked(notes, wrong)
    assert "compares userId (==), one of [pinned (==) and dueAt (<)]" in str(raised.value)
    assert "declared for userId (equal), kind (one-of), one of [pinned (equal); dueAt (range)]" in str(raised.value)


def test_the_message_does_not_show_the_values() -> None:
    for filters in ({"email": "ada@example.com"}, [("email", ">", "ada@example.com")]):
        for collection in ("tasks", TASKS_NEWEST_FIRST):
            with pytest.raises(QueryNotDeclared) as raised:
                asked(collection, filters)
            assert "ada@" not in str(raised.value)


@pytest.mark.parametrize(
    "filters",
    [
        "userId",
        5,
        [("userId", "==", "ada"), ("userId", "!=", "bob")],
        [("userId", "==", "ada"), ("userId", "no operator", 1)],
        [("userId", "=", "ada")],
        ["userId"],
        [("userId", "==")],
        [("userId", "==", "ada", 1)],
        [(5, "==", "ada")],
        [AnyOf((("x",),))],  # type: ignore[arg-type] # Wrong on purpose.
        {"userId": object()},
        {"userId": {1: 2}},
        {"userId": 2**64},
        {"userId": [object()]},
        {"userId": "x" * 2**20},
        {"userId": {"__a__": 1}},
        {"userId": [{"a": {"__a__": 1}}]},
    ],
)
def test_filters_of_another_form_are_refused(filters: Any) -> None:
    with pytest.raises((InvalidArgument, QueryNotDeclared)):
        asked("tasks", filters)


@pytest.mark.parametrize("kinds", [[], "plain", None, 5])
def test_in_needs_values(notes: DeclaredQuery, kinds: Any) -> None:
    with pytest.raises(InvalidArgument, match="needs a list with at least one value"):
        asked(notes, [("userId", "==", "ada"), ("kind", "in", kinds), any_of(("pinned", "==", True))])


def test_too_many_alternatives_are_refused(notes: DeclaredQuery) -> None:
    def run(kinds: int, branches: int) -> Selection:
        either = any_of(*[("pinned", "==", number) for number in range(branches)])
        return asked(notes, [("userId", "==", "ada"), ("kind", "in", [*range(kinds)]), either]).selection

    assert run(10, 3).collection == "notes"
    with pytest.raises(InvalidArgument, match="has 33 alternatives, but Firestore takes at most 30"):
        run(11, 3)


@pytest.mark.parametrize("branches", [(), ([],), (("pinned", "==", 1), [])])
def test_an_or_needs_a_filter_in_each_branch(branches: Any) -> None:
    with pytest.raises(InvalidArgument):
        any_of(*branches)


def test_the_order_is_whole_whatever_alternatives_are_asked_for(notes: DeclaredQuery) -> None:
    of_ada: list[Any] = [("userId", "==", "ada"), ("kind", "in", ["plain"])]
    orders = {
        full_order(asked(notes, [*of_ada, any_of(*branches)]).selection)
        for branches in ([("pinned", "==", 1)], [("dueAt", "<", 5)], [("pinned", "==", 1), ("dueAt", "<", 5)])
    }
    assert orders == {(("createdAt", "DESCENDING"), ("dueAt", "DESCENDING"), ("__name__", "DESCENDING"))}


def test_an_or_of_one_branch_is_sent_without_an_or(notes: DeclaredQuery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Firestore refuses a composite filter of one filter."""
    monkeypatch.setenv("GCLOUD_PROJECT", "demo-asking")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "localhost:1")  # nothing is sent
    client.cache_clear()
    filters: list[Any] = [("userId", "==", "ada"), ("kind", "in", ["plain"]), any_of(("dueAt", "<", 5))]
    sent = str(message_of(asked(notes, filters).selection).where)
    assert "OR" not in sent
    assert sent.count("AND") == 1
    client.cache_clear()


@pytest.mark.parametrize(
    ("field", "required"),
    [
        ("createdAt", True),
        ("userId", True),
        ("dueDate", False),
        ("priority", False),
        ("created_at", False),
        ("createdAt.seconds", False),
        ("unknown", False),
    ],
)
def test_a_field_is_required_if_the_model_requires_it(field: str, required: bool) -> None:
    assert is_required("tasks", field) is required


def test_a_field_of_an_optional_map_is_not_required() -> None:
    assert not is_required("processingJobs", "lease.expiresAt")


def test_every_collection_of_one_model_is_known() -> None:
    from stoker.queries.presence import model_of
    from stoker_tools.generate.documents import documents

    models: dict[str, list[Any]] = {}
    for document in documents():
        models.setdefault(document.collection, []).append(document.model)
    assert {name: model_of(name) for name in models} == {
        name: found[0] if len(found) == 1 else None for name, found in models.items()
    }
