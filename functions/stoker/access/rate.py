"""How often a user calls: counted in a document for each user, function and minute, by one write and no read.

The write adds one and its answer tells the sum, so that any number of instances count together. Each user writes a
document of their own, whose id is a hash: nothing is hot but what one user makes hot. Windows are whole minutes: around
the turn of one, a user may call twice as often.
"""

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from time import time

from google.cloud import firestore

from stoker import config
from stoker.errors import TooManyCalls
from stoker.firestore.client import client

MINUTE = 60

_lock = threading.Lock()
_minute = 0
_refused: set[str] = set()
"""Who is over the limit in `_minute`, as far as this process knows: a flood costs it no further writes."""


def count_call(user_id: str, function: str, most: int) -> None:
    """Counts a call.

    Args:
        user_id: Who calls.
        function: What.
        most: How many calls the user has in a minute.

    Raises:
        TooManyCalls: This one is beyond them.
        google.api_core.exceptions.GoogleAPICallError: Firestore did not answer.
    """
    now = time()
    minute = int(now) // MINUTE
    name = hashlib.sha256(f"{user_id}\0{function}\0{minute}".encode()).hexdigest()
    if _is_refused(name, minute) or _counted(name, minute) > most:
        _refuse(name, minute)
        raise TooManyCalls(
            f"You have called {function} too often: {most} times a minute is the most. Wait, and call again.",
            retry_after_seconds=MINUTE - int(now) % MINUTE,
        )


def _counted(name: str, minute: int) -> int:
    """Adds a call; returns how many there are."""
    over = datetime.fromtimestamp((minute + 1) * MINUTE, UTC) + timedelta(minutes=5)
    batch = client().batch()
    fields = {"calls": firestore.Increment(1), "expiresAt": over}
    batch.set(client().collection(config.CALL_COUNTS).document(name), fields, merge=True)
    [result] = batch.commit()
    return int(result.transform_results[0].integer_value)


def _is_refused(name: str, minute: int) -> bool:
    with _lock:
        return minute == _minute and name in _refused


def _refuse(name: str, minute: int) -> None:
    global _minute
    with _lock:
        if minute != _minute:
            _minute = minute
            _refused.clear()
        _refused.add(name)
