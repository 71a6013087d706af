"""How often a user calls: counted in a document for each user, function and minute, by one write and no read.

The write adds one and its answer tells the sum, so that any number of instances count together. Each user writes a
document of their own, whose id is a hash: nothing is hot but what one user makes hot. Windows are whole minutes: around
the turn of one, a user may call twice as often.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from google.cloud import firestore

from stoker import config
from stoker.errors import TooManyCalls
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.writes import Merge

MINUTE = 60

COUNT_SECONDS = 10.0
"""The longest that a caller waits for the count, all tries included."""


class Refusals:
    """The calls that are over the limit in this minute, as far as a process knows: a flood costs no further writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._names: set[str] = set()

    def has(self, name: str, minute: int) -> bool:
        """Returns whether a document's name was added in a minute."""
        with self._lock:
            return minute == self._minute and name in self._names

    def add(self, name: str, minute: int) -> None:
        """Adds a document's name; forgets the names of another minute."""
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._names.clear()
            self._names.add(name)


SHARED_CACHE = Refusals()
"""Shared by all calls of an instance."""


def count_call(
    user_id: str,
    function: str,
    most: int,
    clock: Callable[[], float] = time.time,
    refusals: Refusals = SHARED_CACHE,
) -> None:
    """Counts a call.

    Args:
        user_id: Who calls.
        function: What.
        most: How many calls the user has in a minute.
        clock: The time, in seconds since 1970.
        refusals: What this instance knows of calls that are over the limit.

    Raises:
        TooManyCalls: This one is beyond them.
        google.api_core.exceptions.GoogleAPICallError: Firestore did not answer.
    """
    now = clock()
    minute = int(now) // MINUTE
    name = hashlib.sha256(f"{user_id}\0{function}\0{minute}".encode()).hexdigest()
    if refusals.has(name, minute) or _counted(name, minute) > most:
        refusals.add(name, minute)
        raise TooManyCalls(
            f"You have called {function} too often: {most} times a minute is the most. Wait, and call again.",
            retry_after_seconds=MINUTE - int(now) % MINUTE,
        )


def _counted(name: str, minute: int) -> int:
    """Adds a call; returns how many there are."""
    over = datetime.fromtimestamp((minute + 1) * MINUTE, UTC) + timedelta(minutes=5)
    counted = Merge(f"{config.CALL_COUNTS}/{name}", {"calls": firestore.Increment(1), "expiresAt": over})
    with deadline(COUNT_SECONDS):
        [written] = FirestoreDocuments().commit([counted])
    return int(written.sums["calls"])
