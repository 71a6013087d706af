"""Every declared query, page by page, beside an oracle in memory. Documents come and go between two pages."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cmp_to_key
from itertools import count
from typing import Any

import pytest
from google.cloud.firestore_v1.order import Order as ValueOrder
from google.cloud.firestore_v1.types import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.rows import put, remove, value
from stoker import PaginatedQuery, query
from stoker.extend.alternative import alternative
from stoker.extend.app_query import forget_query
from stoker.firestore.messages import ValueMessage
from stoker.firestore.selection import NAME, AnyOf, Filter
from stoker.queries import own_queries
from stoker.queries.clients import CLIENTS
from stoker.queries.declared import BELOW, DECLARED
from stoker.queries.message import full_order
from stoker.queries.query import Condition, DeclaredQuery

pytestmark = pytest.mark.usefixtures("undelivered")

TIME = ValueMessage(timestamp_value={"seconds": 1, "nanos": 5})
MOST_SEEN = 200
"""More documents than an example can have."""

POOL: list[Any] = [None, True, 0, 1, 1.0, -0.0, 0.1 + 0.2, math.nan, 2**53 + 1, "a", "b", b"a", TIME, [1], ["a", "b"]]
"""The values of fields. They are few, so that many are equal."""

ASKED: dict[str, list[Filter]] = {
    "equal": [("", "==", "a"), ("", "==", 1), ("", "==", True)],
    "one-of": [("", "in", ["a", "b", 1])],
    "contains": [("", "array_contains", "a")],
    "range": [("", ">=", 0), ("", "<", "b"), ("", ">", -5.5)],
}
"""The filters that are drawn for a condition of each kind."""

OWN: dict[str, dict[str, Any]] = {
    "an order of two directions": {"equals": ["a"], "order": ["-b", "c"]},
    "no order": {"equals": ["a", "b"]},
    "a range": {"equals": ["a"], "ranges_over": "b", "order": ["b"]},
    "an or": {
        "equals": ["a"],
        "any_of": [alternative(equals=["b"]), alternative(ranges_over="c"), alternative(equals=["b", "d"])],
        "order": ["-e"],
    },
    "an inner field": {"has": "a", "order": ["-b.c.d"]},
}


def _declared() -> dict[str, DeclaredQuery]:
    found = {}
    for number, declared in enumerate((*CLIENTS, *DECLARED)):
        if declared is not BELOW and not declared.sums:
            named = f"{declared.collections()[0]} {number}"
            found[named] = replace(declared, backwards=True, collections=lambda: ("rows",), group=False)
    return found


@pytest.fixture
def declared(request: pytest.FixtureRequest) -> Iterator[DeclaredQuery]:
    """A query of the rows, with the conditions and the order of a declared query."""
    if request.param in OWN:
        made = query("rows", **OWN[request.param], backwards=True)
    else:
        made = _declared()[request.param]
        own_queries.add(made)
    yield made
    forget_query(made)


def same_order(left: Any, right: Any) -> int:
    """Compare two values as Firestore does."""
    return ValueOrder.compare(Value.wrap(left), Value.wrap(right))


class Oracle:
    """The documents of a query, in memory."""

    def __init__(self, selection: Any) -> None:
        self.selection = selection
        self.rows: dict[str, dict[str, Any]] = {}

    def result(self) -> list[str]:
        """Return the ids of the documents that the query finds, in its order."""
        order = full_order(self.selection)
        fields = [field for field, _ in order if field != NAME]
        found = [
            name
            for name, row in self.rows.items()
            if all(field in row for field in fields) and all(holds(row, one) for one in self.selection.filters)
        ]

        def compare(left: str, right: str) -> int:
            for field, direction in order:
                if field == NAME:
                    found = (left > right) - (left < right)
                else:
                    found = same_order(value(self.rows[left][field]), value(self.rows[right][field]))
                if found:
                    return found if direction == "ASCENDING" else -found
            return 0

        return sorted(found, key=cmp_to_key(compare))


def holds(row: dict[str, Any], condition: Filter | AnyOf) -> bool:
    """Return whether a row fulfils a condition. Values of different types are neither less nor greater."""
    if isinstance(condition, AnyOf):
        return any(all(holds(row, one) for one in branch) for branch in condition.branches)
    field, operator, wanted = condition
    if field not in row:
        return False
    found = value(row[field])
    if operator == "array_contains":
        return any(equal(one, value(wanted)) for one in found.array_value.values)
    if operator == "in":
        return any(equal(found, value(one)) for one in wanted)  # type: ignore[attr-defined]
    if operator == "==":
        return equal(found, value(wanted))
    numbers = ("integer_value", "double_value")
    kinds = {one.WhichOneof("value_type") for one in (found, value(wanted))}
    if len(kinds) > 1 and not kinds <= set(numbers):
        return False
    if any(one.WhichOneof("value_type") == "double_value" and math.isnan(one.double_value) for one in (found,)):
        return False
    way = same_order(found, value(wanted))
    return {">=": way >= 0, ">": way > 0, "<": way < 0, "<=": way <= 0}[operator]


def equal(left: Any, right: Any) -> bool:
    return same_order(left, right) == 0


@st.composite
def filters_of(draw: st.DrawFn, declared: DeclaredQuery) -> list[Filter | AnyOf]:
    def filters(conditions: Sequence[Condition]) -> list[Filter]:
        found = []
        for one in conditions:
            if not one.optional or draw(st.booleans()):
                _, operator, wanted = draw(st.sampled_from(ASKED[one.kind]))
                found.append((one.field, operator, wanted))
        return found

    asked: list[Filter | AnyOf] = [*filters(declared.where)]
    if declared.any_of:
        branches = draw(st.lists(st.sampled_from(declared.any_of), min_size=1, max_size=3))
        asked.append(AnyOf(tuple(tuple(filters(branch)) for branch in branches)))
    return asked


@st.composite
def rows_of(draw: st.DrawFn, selection: Any, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Documents, most of which fulfil most of the conditions."""
    flat: list[Filter] = []
    for one in selection.filters:
        flat += [inner for branch in one.branches for inner in branch] if isinstance(one, AnyOf) else [one]
    fitting = {field: fit(operator, wanted) for field, operator, wanted in flat}
    fields = {field for field, _ in full_order(selection) if field != NAME} | fitting.keys()
    made = {}
    for name in ids:
        row = {}
        for field in sorted(fields):
            choice = draw(st.integers(0, 9))
            if choice == 0:
                continue
            row[field] = fitting[field] if field in fitting and choice > 2 else draw(st.sampled_from(POOL))
        made[name] = row
    return made


def fit(operator: str, wanted: Any) -> Any:
    """Return a value that fulfils a condition."""
    match operator:
        case "in":
            return wanted[0]
        case "array_contains":
            return [wanted]
        case "<":
            return "a"
        case ">" | ">=":
            return 1
        case _:
            return wanted


@pytest.mark.slow
@pytest.mark.parametrize("declared", [*OWN, *_declared()], indirect=True)
def test_each_document_that_stays_is_seen_once(declared: DeclaredQuery) -> None:
    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        walk_beside_oracle(declared, data)

    run()


@pytest.mark.soak
@pytest.mark.parametrize("declared", [*OWN, *_declared()], indirect=True)
def test_each_document_that_stays_is_seen_once_in_many_examples(declared: DeclaredQuery) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(data: st.DataObject) -> None:
        walk_beside_oracle(declared, data)

    run()


def walk_beside_oracle(declared: DeclaredQuery, data: st.DataObject) -> None:
    """Walk over a query forwards and backwards, while documents come and go, and compare each page with the oracle."""
    asked = data.draw(filters_of(declared))
    selection = declared.selection(*asked)
    oracle, fresh = Oracle(selection), count()
    ids = [f"r{number:02}" for number in range(data.draw(st.integers(0, 12)))]
    try:
        change(oracle, data.draw(rows_of(selection, ids)), [])
        pages = PaginatedQuery(declared, data.draw(st.integers(1, 5)), filters=asked)
        assert pages.total() == len(oracle.result())
        page, seen, stayed = pages.page(), list[str](), set(oracle.result())
        while True:
            now = [item["id"] for item in page.items]
            wanted = oracle.result()
            assert [one for one in wanted if one in now] == now
            seen += now
            assert len(seen) <= MOST_SEEN, "The pages lead in a circle."
            added = [f"n{next(fresh)}" for _ in range(data.draw(st.integers(0, 2)))]
            removed = data.draw(st.lists(st.sampled_from(sorted(oracle.rows)), max_size=2)) if oracle.rows else []
            if page.next is None:
                break
            change(oracle, data.draw(rows_of(selection, added)), removed)
            stayed -= set(removed)
            page = pages.page(after=page.next)
        assert len(seen) == len(set(seen))
        assert stayed <= set(seen)
        back = [item["id"] for item in page.items]
        while page.previous is not None:
            page = pages.page(before=page.previous)
            back = [*(item["id"] for item in page.items), *back]
        if declared.is_reversible:
            assert back == oracle.result()
    finally:
        remove(*oracle.rows)


def change(oracle: Oracle, added: dict[str, dict[str, Any]], removed: list[str]) -> None:
    put(added)
    remove(*set(removed))
    oracle.rows = {name: row for name, row in {**oracle.rows, **added}.items() if name not in removed}
