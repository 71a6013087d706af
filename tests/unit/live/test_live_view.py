"""The items of a live query are in the query's order, and each update tells what has changed."""

import functools
from typing import Any

import pytest
from google.cloud.firestore_v1.order import Order as LibraryOrder
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from stoker.firestore.selection import Order
from stoker.firestore.values import item_of
from stoker.live.live_view import LiveView
from stoker.live.update import SyncUpdate
from stoker.queries.item_maker import Unfit
from unit.firestore.value_messages import VALUES
from unit.live.listen_server import ROOT, document

BY_NAME: tuple[Order, ...] = (("__name__", "ASCENDING"),)


class View:
    """A view that takes changes by ids."""

    def __init__(self, order: tuple[Order, ...] = BY_NAME, make: Any = item_of) -> None:
        self._view = LiveView[Any](order, make)

    def after(self, time: int = 1, **changes: Any) -> SyncUpdate[Any] | None:
        """The update after changes: documents by ids, None for one that is gone."""
        return self._view.apply({f"{ROOT}/{name}": one for name, one in changes.items()}, Timestamp(seconds=time))


def ids(items: list[Any]) -> list[str]:
    return [item["id"] for item in items]


def test_the_first_update_comes_even_without_items_and_later_ones_only_with_changes() -> None:
    view = View()
    first = view.after()
    assert first is not None
    assert first.items == first.added == []
    assert view.after() is None


def test_each_update_tells_what_is_new_changed_and_gone() -> None:
    view = View()
    assert view.after(a=document("a", 1, n=1), b=document("b", 1, n=1), c=document("c", 1, n=1))
    update = view.after(a=None, b=document("b", 2, n=2), d=document("d", 2, n=1))
    assert update is not None
    assert ids(update.items) == ["b", "c", "d"]
    assert (ids(update.added), ids(update.modified)) == (["d"], ["b"])
    assert update.removed == [{"id": "a", "n": 1}]
    assert update.modified == [{"id": "b", "n": 2}]


def test_what_comes_and_goes_between_two_updates_is_no_change() -> None:
    view = View()
    view.after(a=document("a", 1, n=1))
    assert view.after(b=None) is None
    assert view.after(a=document("a", 1, n=1)) is None
    again = view.after(a=document("a", 2, n=1))  # deleted and created again
    assert again is not None
    assert ids(again.modified) == ["a"]
    assert again.added == again.removed == []


def test_a_document_that_no_item_can_be_made_of_is_left_out_and_named() -> None:
    def make(one: Any) -> Any:
        if "bad" in one.fields:
            raise Unfit(f"{one.name.rsplit('/', 1)[1]} is bad.")
        return item_of(one)

    view = View(make=make)
    first = view.after(a=document("a", 1, bad=1), b=document("b", 1))
    assert first is not None
    assert (ids(first.items), first.warnings) == (["b"], ["a is bad."])
    second = view.after(b=document("b", 2, bad=1), a=document("a", 2))
    assert second is not None
    assert (ids(second.added), ids(second.removed), second.modified) == (["a"], ["b"], [])
    assert second.warnings == ["b is bad."]
    third = view.after(b=None)
    assert third is not None
    assert (third.warnings, third.removed) == ([], [])


CHANGES = st.lists(st.tuples(st.sampled_from("abcdefghijkl"), st.sampled_from([0, 0, 1, 2, None])), max_size=8)


@pytest.mark.slow
@settings(max_examples=100)
@given(
    st.lists(CHANGES, min_size=25, max_size=25),
    st.lists(VALUES, min_size=3, max_size=3),
    st.sampled_from(["ASCENDING", "DESCENDING"]),
    st.sampled_from(["ASCENDING", "DESCENDING"]),
)
def test_items_are_sorted_as_the_client_library_sorts(
    updates: list[list[tuple[str, int | None]]], values: list[Any], first: Any, second: Any
) -> None:
    """Some ten thousand changes of documents that mostly have ties."""
    view = View((("v", first), ("__name__", second)), make=lambda one: {"id": one.name.rsplit("/", 1)[1]})
    stored: dict[str, Any] = {}
    before: dict[str, Any] = {}

    def compare(one: Any, other: Any) -> int:
        by_value = LibraryOrder.compare(one.fields["v"], other.fields["v"]) * (1 if first == "ASCENDING" else -1)
        by_name = (one.name > other.name) - (one.name < other.name)
        return by_value or by_name * (1 if second == "ASCENDING" else -1)

    for time, changes in enumerate(updates):
        told: dict[str, Any] = {}
        for name, value in changes:
            told[name] = None if value is None else document(name, time, v=values[value])
        stored = {name: one for name, one in {**stored, **told}.items() if one is not None}
        update = view.after(time, **told)
        if update is None:
            assert stored == before
            assert time > 0
            continue
        expected = sorted(stored.values(), key=functools.cmp_to_key(compare))
        assert ids(update.items) == [one.name.rsplit("/", 1)[1] for one in expected]
        assert set(ids(update.added)) == stored.keys() - before.keys()
        assert set(ids(update.removed)) == before.keys() - stored.keys()
        assert set(ids(update.modified)) == {name for name in stored if name in before and stored[name] != before[name]}
        for listed in (update.added, update.modified):
            assert ids(listed) == [name for name in ids(update.items) if name in ids(listed)]
        before = dict(stored)
