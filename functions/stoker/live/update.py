"""An update of a live query: all items, and their difference to the update before."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class SyncUpdate(Generic[Item]):
    """The results of a live query at one moment.

    The lists are this update's own. The items in them are shared with later updates, so do not change an item.

    Attributes:
        items: All items, in the order of the query.
        added: The items that are new, in the order of the query. In the first update, these are all items.
        modified: The items that have changed, as they are now, in the order of the query.
        removed: The items that are no longer among the results, as they were last.
        read_time: The time in Firestore to which the update belongs, in UTC.
        warnings: A sentence for each document that does not fit the model. Such a document is left out of `items`.
            Without a model, no document is left out.
    """

    items: list[Item]
    added: list[Item]
    modified: list[Item]
    removed: list[Item]
    read_time: datetime
    warnings: list[str] = field(default_factory=list)


def copy_of(update: SyncUpdate[Item]) -> SyncUpdate[Item]:
    """Return the update with lists of its own, for one more consumer that may change them.

    Args:
        update: The update.
    """
    return replace(
        update,
        items=list(update.items),
        added=list(update.added),
        modified=list(update.modified),
        removed=list(update.removed),
        warnings=list(update.warnings),
    )
