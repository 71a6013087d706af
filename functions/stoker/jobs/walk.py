"""The walks of a sweep: each goes through the jobs of a query, and the next sweep goes on from the cursor of its end.

Each walk has a share of the sweep's time, and may have a greatest number of documents. So many jobs of one kind never
stop the sweeper from finding jobs of another kind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Cursor, Selection
from stoker.firestore.writes import Merge
from stoker.jobs.store import store
from stoker.logs import JobLog
from stoker.version import running_version

THREADS = 8
"""The number of documents of a page that are processed at the same time. Each mostly waits for Firestore and Cloud
Tasks."""

OVERLAP = timedelta(minutes=3)
"""`since_last` begins this long before the end of its last round, because events, clocks and sweeps may be late."""

HELD = timedelta(minutes=30)
"""The longest time for which `since_last` goes back to a document whose processing failed."""

Do = Callable[[StoredDocument], bool]
"""A function that processes a document, and returns whether that succeeded. It raises no errors."""


class Cursors:
    """The cursors at which the walks of the last sweep have ended. They cost a read and a write for each sweep.

    Their document also records the time of the sweep and the version of its source, for `stoker doctor`.

    Attributes:
        known: Whether the cursors could be read.
    """

    PATH = f"{config.RECONCILES}/sweep"

    def __init__(self) -> None:
        self.known = True
        self._cursors: dict[str, Any] = {}
        self._changed: dict[str, Any] = {}
        try:
            found = store().documents.get(self.PATH)
        except TRANSIENT as error:
            JobLog("").error("The cursors of the last sweep could not be read; this sweep checks new jobs only.", error)
            self.known = False
        else:
            self._cursors = dict(found.data) if found is not None else {}

    def of(self, name: str) -> dict[str, Any]:
        """Return the cursor of a walk; empty before the first walk."""
        cursor = self._cursors.get(name)
        return dict(cursor) if isinstance(cursor, dict) else {}

    def set(self, name: str, after: Cursor | None, **fields: datetime | int | None) -> None:
        """Change the cursor of a walk.

        Args:
            name: The name of the walk.
            after: The cursor of the last document; None if the walk has reached the end of its query.
            fields: Other fields that the walk keeps with its cursor.
        """
        self._changed[name] = {**fields, "after": None if after is None else list(after)}

    def save(self) -> None:
        """Write the cursors that have changed, unless the cursors could not be read."""
        if self.known and self._changed:
            ran = {"version": running_version(), "updatedAt": SERVER_TIMESTAMP}
            store().documents.commit([Merge(self.PATH, {**self._changed, **ran})])


@dataclass(frozen=True)
class Walk:
    """A walk through the documents of a query.

    Attributes:
        name: The name of the walk, and of its cursor.
        cursors: The cursors of all walks.
        now: The time for which the sweep is made, in UTC.
        until: The `monotonic` time at which the walk must end, in seconds.
    """

    name: str
    cursors: Cursors
    now: datetime
    until: float

    def in_rounds(
        self,
        rest: Callable[[Cursor | None], Selection],
        do: Do,
        *,
        page: int = config.SWEEP_PAGE,
        most: int | None = None,
        every: timedelta = timedelta(),
        at_first: bool = True,
    ) -> None:
        """Go on from the cursor of the last sweep. After the end of the query, the next sweep begins a new round.

        Args:
            rest: A function that returns the query of the documents behind a cursor.
            do: The function to call for each document.
            page: The number of documents to read at a time.
            most: The most documents in one sweep; None for no bound.
            every: The shortest time from the beginning of a round to the beginning of the next round.
            at_first: Whether the first round begins at once. If not, it begins after `every`.
        """
        cursor = self.cursors.of(self.name)
        began, after = cursor.get("began"), _after(cursor)
        if after is None and began is not None and timedelta() <= self.now - began < every:
            return
        if after is None:
            is_first, began = began is None, self.now
            if is_first and not at_first:
                self.cursors.set(self.name, None, began=began)
                return
        after, is_over = self._go(rest, after, do, page, most)
        if after is not None or is_over:
            self.cursors.set(self.name, after, began=began)

    def since_last(self, since: Callable[[datetime | None], Selection], end: datetime, do: Do) -> None:
        """Go through the new documents of a query that is sorted by a time, from the end of the last round on.

        Args:
            since: A function that returns the query of the documents from a time on; of all documents for None.
            end: The time at which the query ends.
            do: The function to call for each document. If it fails, the next round begins with that document, for at
                most `HELD`.
        """
        cursor = self.cursors.of(self.name)
        before, after = cursor.get("until"), _after(cursor)
        failed = [time for time in (cursor.get("failed"),) if after is not None and time is not None]
        if after is not None:
            end = cursor["end"]  # The last round has not reached its end.
        elif before is not None or not self.cursors.known:
            before = min(before or end, end)  # The clock of the last sweep may have been ahead.
        selection = since(None if before is None else before - OVERLAP)

        def work(found: StoredDocument) -> bool:
            if not do(found):
                failed.append(selection.cursor_of(found.id, found.data)[0])
            return True

        after, is_over = self._go(selection.following, after, work)
        if after is None and not is_over:
            return  # There was no time for a single document.
        if is_over:
            before = max(min([end, *failed]), end - HELD)
        self.cursors.set(self.name, after, until=before, end=end, failed=min(failed, default=None))

    def _go(
        self,
        rest: Callable[[Cursor | None], Selection],
        after: Cursor | None,
        do: Do,
        page: int = config.SWEEP_PAGE,
        most: int | None = None,
    ) -> tuple[Cursor | None, bool]:
        """Go through pages. Return the cursor of the last document, and whether it is the end of the query."""
        count = 0
        while most is None or count < most:
            selection = rest(after)
            found = store().documents.find(selection.first(page))
            done = self._each(found, do)
            if done == len(found) < page:
                return None, True
            if done > 0:
                after = selection.cursor_of(found[done - 1].id, found[done - 1].data)
            if done < len(found) or store().host.monotonic() > self.until:
                break
            count += done
        return after, False

    def _each(self, page: Sequence[StoredDocument], do: Do) -> int:
        """Process the documents of a page. Return the number of documents, from the first one on, that were in time."""
        late = [len(page)]

        def work(number: int) -> None:
            left = self.until - store().host.monotonic()
            if left <= 0:
                late.append(number)
                return
            with deadline(left):  # A deadline holds in its own thread only.
                do(page[number])

        store().host.each(work, range(len(page)), THREADS)
        return min(late)


def _after(cursor: dict[str, Any]) -> Cursor | None:
    after = cursor.get("after")
    return tuple(after) if isinstance(after, list) else None
