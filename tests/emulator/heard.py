"""The updates of a live query, for tests that wait for one."""

import threading
from collections.abc import Callable
from typing import Any, ClassVar

from stoker.live.update import SyncUpdate

Item = dict[str, Any]
Update = SyncUpdate[Item]


class HeardUpdates:
    """A function that takes the updates of a live query.

    Attributes:
        wrong: The updates of all objects that did not follow from the updates before. An error in the function itself
            would not fail a test.
    """

    wrong: ClassVar[list[Update]] = []

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self._news = threading.Condition()

    def __call__(self, update: Update) -> None:
        """Take an update."""
        with self._news:
            if not follows(update, self.items):
                self.wrong.append(update)
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


def follows(update: Update, items: list[Item]) -> bool:
    """Return whether an update tells its whole difference to the items before it.

    Args:
        update: The update.
        items: The items of the update before.
    """
    before, after = {item["id"]: item for item in items}, {item["id"]: item for item in update.items}
    changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    modified = {item["id"] for item in update.modified}
    return (
        {item["id"] for item in update.added} == after.keys() - before.keys()
        and {item["id"] for item in update.removed} == before.keys() - after.keys()
        # A write may change a document back to what it was, so more may be told as modified.
        and changed <= modified <= before.keys() & after.keys()
    )
