"""The updates of a live query, for tests that wait for one."""

import threading
from collections.abc import Callable
from typing import Any

from stoker.live.update import SyncUpdate

Item = dict[str, Any]
Update = SyncUpdate[Item]


class HeardUpdates:
    """A function that takes the updates of a live query and checks each against the one before."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self._news = threading.Condition()

    def __call__(self, update: Update) -> None:
        """Take an update."""
        with self._news:
            before = {item["id"]: item for item in (self.updates[-1].items if self.updates else [])}
            after = {item["id"]: item for item in update.items}
            assert {item["id"] for item in update.added} == after.keys() - before.keys()
            assert {item["id"] for item in update.removed} == before.keys() - after.keys()
            changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
            # A write may change a document back to what it was, so more may be told as modified.
            assert changed <= {item["id"] for item in update.modified} <= before.keys() & after.keys()
            self.updates.append(update)
            self._news.notify_all()

    @property
    def items(self) -> list[Item]:
        """The items of the last update."""
        return self.updates[-1].items if self.updates else []

    def values(self, field: str) -> list[Any]:
        """The values of a field in the last update."""
        return [item.get(field) for item in self.items]

    def until(self, holds: Callable[[list[Item]], bool], seconds: float = 20.0) -> None:
        """Wait for an update whose items fulfil a condition."""
        with self._news:
            assert self._news.wait_for(lambda: bool(self.updates) and holds(self.items), seconds), self.items
