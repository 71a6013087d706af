"""The roll-up against one increment per event, the usual trigger, in the emulator. At most 0.1, and 2.2 operations.

The trigger counts each event in the same six aggregates (its name and `all`, by the hour, the day and the month) by one
commit of increments, 8 at a time. It does less: no users, no least and greatest value, and an event that is delivered
twice counts twice. Operations are documents that are read and written, as they are billed.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.pairs import Comparison

LIMIT = 0.1
MOST_OPERATIONS = 2.2
PER = 1_000
"""Times are told for so many events."""

THREADS = 8
LATE = 0.05
"""The share of events that come from somewhere within the last day; the others are of the last minutes."""

NAMES = [f"screen.{number}" for number in range(10)]
USERS = 5_000


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench roll_up", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="pairs that count")
    parser.add_argument("--events", type=int, default=10_000, help="that the roll-up takes in a round")
    parser.add_argument("--triggers", type=int, default=300, help="events that the trigger takes in a round")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    # What the functions log is for Cloud Logging.
    from firebase_functions import logger

    from development import suite

    setattr(logger, "write", lambda entry: None)  # noqa: B010 - a function, which mypy lets nobody assign to
    with suite.running(schedules=False) as emulators:
        os.environ.update(emulators.environment)
        return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    pairs: list[tuple[float, float]] = []
    operations = 0.0
    # The first pair warms up, and does not count.
    for number in range(options.rounds + 1):
        trigger = _trigger(options.triggers)
        rolled_up, operations = _roll_up(options.events)
        if number:
            pairs.append((rolled_up, trigger))
    ratios = [ours / theirs for ours, theirs in pairs]
    comparison = Comparison(
        f"roll-up of {PER:,} events",
        f"increments for {PER:,} events",
        statistics.median(ours for ours, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        LIMIT,
    )
    if options.json:
        print(
            json.dumps({**asdict(comparison), "operations": operations, "most_operations": MOST_OPERATIONS}, indent=2)
        )
        code = int(comparison.ratio > LIMIT)
    else:
        code = comparison.show(as_json=False)
        print(f"{'operations for an event':32} {operations:8.3f}     (limit {MOST_OPERATIONS}; the trigger: 6)")
    return code or int(operations > MOST_OPERATIONS)


def _events(count: int) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    for _ in range(count):
        back = random.random() * (86_400 if random.random() < LATE else 60)
        yield {
            "userId": f"user-{random.randrange(USERS)}",
            "name": random.choice(NAMES),
            "value": random.random(),
            "occurredAt": now - timedelta(seconds=back),
            "createdAt": now,
            "rolledUp": False,
        }


def _roll_up(count: int) -> tuple[float, float]:
    """Seconds for `PER` events, and operations for one."""
    from stoker import config
    from stoker.analytics.roll_up import roll_up
    from stoker.firestore import raw
    from stoker.firestore.client import client
    from stoker.firestore.messages import written

    for name in ("EVENTS", "AGGREGATES", "SKETCHES", "LEASES"):
        setattr(config, f"ANALYTICS_{name}", f"{name.lower()}-{uuid4().hex}")
    root = f"{client()._database_string}/documents/{config.ANALYTICS_EVENTS}"
    writes = [written(f"{root}/{uuid4().hex}", event) for event in _events(count)]
    for begin in range(0, count, 1_000):
        raw.commit(writes[begin : begin + 1_000])
    with _Counted() as counted:
        seconds = _seconds(roll_up)
    return seconds * PER / count, counted.operations / count


def _trigger(count: int) -> float:
    """Seconds for `PER` events."""
    from google.cloud.firestore import SERVER_TIMESTAMP, Increment

    from stoker.analytics.buckets import GRANULARITIES, Key, bucket_of
    from stoker.firestore.client import client

    aggregates = client().collection(f"increments-{uuid4().hex}")

    def increment(event: dict[str, Any]) -> None:
        batch = client().batch()
        for granularity in GRANULARITIES:
            for name in (event["name"], "all"):
                key = Key(granularity, bucket_of(granularity, event["occurredAt"]), name)
                fields = {"count": Increment(1), "sum": Increment(event["value"]), "updatedAt": SERVER_TIMESTAMP}
                batch.set(aggregates.document(key.document_id), fields, merge=True)
        batch.commit()

    with ThreadPoolExecutor(THREADS) as pool:
        return _seconds(lambda: list(pool.map(increment, list(_events(count))))) * PER / count


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class _Counted:
    """Counts the documents that are read and written in the block."""

    def __enter__(self) -> "_Counted":
        from google.cloud.firestore_v1.services.firestore import FirestoreClient

        self.operations = 0
        self._methods = {
            name: getattr(FirestoreClient, name) for name in ("commit", "run_query", "batch_get_documents")
        }
        self._owner: Any = FirestoreClient
        for name, method in self._methods.items():
            setattr(FirestoreClient, name, self._counting(method))
        return self

    def __exit__(self, *_: object) -> None:
        for name, method in self._methods.items():
            setattr(self._owner, name, method)

    def _counting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def called(api: Any, request: Any, **named: Any) -> Any:
            answer = method(api, request=request, **named)
            if "writes" in request:
                self.operations += len(request["writes"])
                return answer
            answers = list(answer)
            self.operations += max(1, len(answers))
            return iter(answers)

        return called


if __name__ == "__main__":
    sys.exit(main())
