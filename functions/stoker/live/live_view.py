"""The items of a live query in their order, and the difference between two updates."""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from google.cloud.firestore_v1.field_path import FieldPath

from stoker.firestore.field_path import value_at
from stoker.firestore.selection import NAME, Order
from stoker.firestore.value_order import OrderKey, name_key, order_key
from stoker.firestore.values import moment_of
from stoker.live.listen_state import Changes, Version, version_of
from stoker.live.update import SyncUpdate
from stoker.queries.item_maker import Unfit

Item = TypeVar("Item")

FEW = 0.1
"""The share of changed documents up to which each is put into its place. With more, sorting all items is faster."""


class _Descending:
    """A key that sorts the other way round."""

    __slots__ = ("key",)

    def __init__(self, key: OrderKey) -> None:
        self.key = key

    def __lt__(self, other: "_Descending") -> bool:
        return other.key < self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and other.key == self.key

    __hash__ = None  # type: ignore[assignment] # It is mutable, and nothing needs its hash.


@dataclass(frozen=True)
class _Entry(Generic[Item]):
    """A document as it was delivered: its place, and its item or the reason why it has none."""

    version: Version
    place: OrderKey
    item: Item | None
    problem: str = ""


class LiveView(Generic[Item]):
    """The items that were delivered last.

    Args:
        order: The full order of the query, with the document's name at its end.
        make: A function that makes the item of a document, a plain protobuf message. It raises `Unfit` for a document
            that it can't make an item of.
    """

    def __init__(self, order: Sequence[Order], make: Callable[[Any], Item]) -> None:
        self._make = make
        self._order = [
            (None if field == NAME else tuple(FieldPath.from_api_repr(field).parts), direction == "DESCENDING")
            for field, direction in order
        ]
        self._entries: dict[str, _Entry[Item]] = {}
        # The places of all entries that have an item, sorted; each with the document's name.
        self._places: list[tuple[OrderKey, str]] = []
        self._is_first = True

    def apply(self, changes: Changes, read_time: Any) -> SyncUpdate[Item] | None:
        """Apply changes, and return the update; None if nothing has changed for the caller.

        A document that came and went since the last update, or was sent again unchanged, has not changed.

        Args:
            changes: The changes since the last update. Of several changes of a document, only the last is here.
            read_time: The time of the last change, as a plain protobuf message.
        """
        before: dict[str, _Entry[Item] | None] = {}
        for name, document in changes.items():
            old = self._entries.get(name)
            if document is None:
                if old is not None:
                    del self._entries[name]
                    before[name] = old
            elif old is None or old.version != version_of(document):
                self._entries[name] = self._entry(document)
                before[name] = old
        if not before and not self._is_first:
            return None
        self._is_first = False
        self._move(before)
        return self._update(before, moment_of(read_time))

    def _update(self, before: dict[str, _Entry[Item] | None], read_time: datetime) -> SyncUpdate[Item]:
        added: list[_Entry[Item]] = []
        modified: list[_Entry[Item]] = []
        removed: list[_Entry[Item]] = []
        for name, old in before.items():
            new = self._entries.get(name)
            was_there = old is not None and not old.problem
            if new is not None and not new.problem:
                (modified if was_there else added).append(new)
            elif old is not None and was_there:
                removed.append(old)
        items = [self._entries[name].item for _, name in self._places]
        problems = sorted(entry.problem for entry in self._entries.values() if entry.problem)
        return SyncUpdate(
            [item for item in items if item is not None],
            _sorted(added),
            _sorted(modified),
            _sorted(removed),
            read_time,
            problems,
        )

    def _move(self, before: dict[str, _Entry[Item] | None]) -> None:
        """Bring the changed documents into their places."""
        if len(before) > FEW * len(self._places):
            self._places = sorted((one.place, name) for name, one in self._entries.items() if not one.problem)
            return
        for name, old in before.items():
            if old is not None and not old.problem:
                del self._places[bisect_left(self._places, (old.place, name))]
            new = self._entries.get(name)
            if new is not None and not new.problem:
                insort(self._places, (new.place, name))

    def _entry(self, document: Any) -> _Entry[Item]:
        place = tuple(
            _Descending(key) if is_descending else key
            for key, is_descending in ((_key(document, path), is_descending) for path, is_descending in self._order)
        )
        try:
            return _Entry(version_of(document), place, self._make(document))
        except Unfit as unfit:
            return _Entry(version_of(document), place, None, str(unfit) or "A document is left out.")


def _key(document: Any, path: tuple[str, ...] | None) -> OrderKey:
    if path is None:
        return name_key(document.name)
    value = value_at(document, path)
    # A query that sorts by a field has no documents without it.
    return () if value is None else order_key(value)


def _sorted(entries: list[_Entry[Item]]) -> list[Item]:
    entries.sort(key=lambda entry: entry.place)
    return [entry.item for entry in entries if entry.item is not None]
