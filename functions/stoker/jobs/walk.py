"""Walks: how far a sweep goes through the jobs of a query, and where the next sweep goes on.

Each walk has a share of the sweep's time, and may have a greatest number of documents. So many jobs of one kind keep no
job of another kind from being looked at.
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
from stoker.firestore.selection import Place, Selection
from stoker.firestore.writes import Merge
from stoker.jobs.store import store
from stoker.logs import JobLog

THREADS = 8
"""Documents of a page that are worked on at the same time: each waits for Firestore and for Cloud Tasks."""

OVERLAP = timedelta(minutes=3)
"""How far `ahead` begins behind the end of the look before, because events, clocks and sweeps may be late."""

HELD = timedelta(minutes=30)
"""How long `ahead` goes back to a document for which nothing could be done."""

Do = Callable[[StoredDocument], bool]
"""Works on a document, and returns whether that succeeded. It raises nothing."""


class Places:
    """The places at which the walks of the last sweep have ended. They cost a read and a write for each sweep.

    Attributes:
        known: Whether they could be read.
    """

    PATH = f"{config.RECONCILES}/sweep"

    def __init__(self) -> None:
        self.known = True
        self._places: dict[str, Any] = {}
        self._changed: dict[str, Any] = {}
        try:
            found = store().documents.get(self.PATH)
        except TRANSIENT as error:
            JobLog("").error("The places of the last sweep could not be read; this sweep looks at what is new.", error)
            self.known = False
        else:
            self._places = dict(found.data) if found is not None else {}

    def of(self, name: str) -> dict[str, Any]:
        """Return the place of a walk; it is empty before the first walk."""
        place = self._places.get(name)
        return dict(place) if isinstance(place, dict) else {}

    def set(self, name: str, after: Place | None, **fields: datetime | int | None) -> None:
        """Change the place of a walk: behind a document, or at its end; with fields of its own."""
        self._changed[name] = {**fields, "after": None if after is None else list(after)}

    def save(self) -> None:
        """Write the places that have changed, unless they were not known."""
        if self.known and self._changed:
            store().documents.commit([Merge(self.PATH, {**self._changed, "updatedAt": SERVER_TIMESTAMP})])


@dataclass(frozen=True)
class Walk:
    """A walk through the documents of a query.

    Attributes:
        name: Names its place.
        places: The places of all walks.
        now: The time to judge by.
        until: The `monotonic` time at which it ends.
    """

    name: str
    places: Places
    now: datetime
    until: float

    def around(
        self,
        rest: Callable[[Place | None], Selection],
        do: Do,
        *,
        page: int = config.SWEEP_PAGE,
        most: int | None = None,
        every: timedelta = timedelta(),
        at_first: bool = True,
    ) -> None:
        """Go on from where the last sweep has ended. At the end of the query, the next sweep begins again.

        Args:
            rest: Returns the query of the documents behind a place.
            do: Called for each document.
            page: Documents that are read at once.
            most: The most documents of one sweep.
            every: The time from the beginning of a round to that of the next one, if it is longer than from sweep to
                sweep.
            at_first: Whether a round begins with the first sweep of all.
        """
        place = self.places.of(self.name)
        began, after = place.get("began"), _after(place)
        if after is None and began is not None and timedelta() <= self.now - began < every:
            return
        if after is None:
            is_first, began = began is None, self.now
            if is_first and not at_first:
                self.places.set(self.name, None, began=began)
                return
        after, is_over = self._go(rest, after, do, page, most)
        if after is not None or is_over:
            self.places.set(self.name, after, began=began)

    def ahead(self, since: Callable[[datetime | None], Selection], end: datetime, do: Do) -> None:
        """Look at what is new: the documents of a query by a time, from the end of the last look on.

        Args:
            since: Returns the query of the documents from a time on; of all documents for None.
            end: The time at which the query ends.
            do: Called for each document. If it fails, the next look begins with that document, for at most `HELD`.
        """
        place = self.places.of(self.name)
        before, after = place.get("until"), _after(place)
        failed = [time for time in (place.get("failed"),) if after is not None and time is not None]
        if after is not None:
            end = place["end"]  # The last look is not over.
        elif before is not None or not self.places.known:
            before = min(before or end, end)  # The clock of the last sweep may have been ahead.
        selection = since(None if before is None else before - OVERLAP)

        def work(found: StoredDocument) -> bool:
            if not do(found):
                failed.append(selection.place_of(found.id, found.data)[0])
            return True

        after, is_over = self._go(selection.following, after, work)
        if after is None and not is_over:
            return  # There was no time for a single document.
        if is_over:
            before = max(min([end, *failed]), end - HELD)
        self.places.set(self.name, after, until=before, end=end, failed=min(failed, default=None))

    def _go(
        self,
        rest: Callable[[Place | None], Selection],
        after: Place | None,
        do: Do,
        page: int = config.SWEEP_PAGE,
        most: int | None = None,
    ) -> tuple[Place | None, bool]:
        """Go through pages; return the place behind the last document, and whether that is the end of the query."""
        count = 0
        while most is None or count < most:
            selection = rest(after)
            found = store().documents.find(selection.first(page))
            done = self._each(found, do)
            if done == len(found) < page:
                return None, True
            if done > 0:
                after = selection.place_of(found[done - 1].id, found[done - 1].data)
            if done < len(found) or store().host.monotonic() > self.until:
                break
            count += done
        return after, False

    def _each(self, page: Sequence[StoredDocument], do: Do) -> int:
        """Work on the documents of a page; return for how many of them, from the first one on, there was time."""
        late = [len(page)]

        def work(number: int) -> None:
            left = self.until - store().host.monotonic()
            if left <= 0:
                late.append(number)
                return
            with deadline(left):  # Each thread has deadlines of its own.
                do(page[number])

        store().host.each(work, range(len(page)), THREADS)
        return min(late)


def _after(place: dict[str, Any]) -> Place | None:
    after = place.get("after")
    return tuple(after) if isinstance(after, list) else None
