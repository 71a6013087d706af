"""The first update of a live query against the first snapshot of the library's watch, in the emulator. At most 0.7.

Both listen to the same query of the same documents, in turn: from the start to the call of the callback with all
documents. Ours passes dicts on, and the library passes snapshots on, which are decoded when they are read; so
`to_dict` is called for each of them.
"""

import argparse
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.pairs import Comparison, compare

LIMIT = 0.7
MOST_SECONDS = 600.0


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench first_snapshot", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="pairs that count")
    parser.add_argument("--documents", type=int, default=20_000, help="of the query")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    from stoker_tools import emulators as suite

    with suite.running(("firestore",), schedules=False) as emulators:
        os.environ.update(emulators.environment)
        return _compare(options.documents, options.rounds).show(options.json)


def _compare(documents: int, rounds: int) -> Comparison:
    from google.cloud.firestore_v1.base_query import FieldFilter

    from stoker import config
    from stoker.firestore import raw
    from stoker.firestore.client import client
    from stoker.firestore.messages import written
    from stoker.live.realtime_sync import RealtimeSync

    setattr(config, "TASKS", f"tasks{uuid4().hex}")  # noqa: B010 - a constant, which mypy lets nobody assign to
    began = datetime(2026, 1, 1, tzinfo=UTC)
    root = f"{client()._database_string}/documents/{config.TASKS}"
    writes = [
        written(
            f"{root}/{number}",
            {"userId": "ada", "title": f"Task {number}", "createdAt": began + timedelta(minutes=number)},
        )
        for number in range(documents)
    ]
    for begin in range(0, documents, 500):
        raw.commit(writes[begin : begin + 500])

    def ours() -> None:
        done = threading.Event()
        with RealtimeSync(config.TASKS, {"userId": "ada"}, lambda update: _check(len(update.items), documents, done)):
            assert done.wait(MOST_SECONDS)

    def theirs() -> None:
        done = threading.Event()
        query: Any = client().collection(config.TASKS).where(filter=FieldFilter("userId", "==", "ada"))
        query = query.order_by("createdAt", direction="DESCENDING")
        watch = query.on_snapshot(lambda found, *_: _check(len([one.to_dict() for one in found]), documents, done))
        assert done.wait(MOST_SECONDS)
        watch.unsubscribe()

    return compare(f"live query, {documents:,} documents", ours, "the library's watch", theirs, rounds, LIMIT)


def _check(found: int, documents: int, done: threading.Event) -> None:
    if found == documents:
        done.set()


if __name__ == "__main__":
    sys.exit(main())
