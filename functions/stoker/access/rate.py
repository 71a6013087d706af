"""The rate limit of calls: each user's calls of a function are counted in a document for each minute.

A call costs one write and no read. The write adds one, and its answer has the sum, so that any number of instances
count together. Each user has documents of their own, with hashes as ids. So only a user's own calls can slow down the
writes of a document. The windows are whole minutes, so a user may call twice as often around the change of a minute.
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
"""Seconds."""

COUNT_SECONDS = 10.0
"""The longest time that a caller waits for the count, in seconds. All tries are included."""


class Refusals:
    """The counters that have reached their limit in this minute, as far as this process knows.

    Further calls are then refused without a write, so that a flood of calls costs nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._names: set[str] = set()

    def has(self, name: str, minute: int) -> bool:
        """Return whether the name of a counter's document was added in a minute."""
        with self._lock:
            return minute == self._minute and name in self._names

    def add(self, name: str, minute: int) -> None:
        """Add the name of a counter's document. Forget the names of other minutes."""
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._names.clear()
            self._names.add(name)


SHARED_CACHE = Refusals()
"""The refusals that all calls of this instance share."""


def count_call(
    user_id: str,
    function: str,
    most: int,
    clock: Callable[[], float] = time.time,
    refusals: Refusals = SHARED_CACHE,
) -> None:
    """Count a call, and refuse it if the user has made too many in this minute.

    Args:
        user_id: The caller.
        function: The name of the function.
        most: The most calls of a user in a minute.
        clock: A function that returns the time, in seconds since 1970.
        refusals: The counters that have reached their limit.

    Raises:
        TooManyCalls: The user has made more than `most` calls in this minute.
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
    """Add a call to a counter; return the sum."""
    over = datetime.fromtimestamp((minute + 1) * MINUTE, UTC) + timedelta(minutes=5)
    counted = Merge(f"{config.CALL_COUNTS}/{name}", {"calls": firestore.Increment(1), "expiresAt": over})
    with deadline(COUNT_SECONDS):
        [written] = FirestoreDocuments().commit([counted])
    return int(written.sums["calls"])
