"""The roll-up against one increment per event, the usual trigger, in the emulators. At most 0.1, and 2.2 operations.

The trigger is a function (`benchmarks/trigger`) that counts each event in the same six aggregates (its name and `all`,
by the hour, the day and the month) by one commit of increments. It does less: no users, no least and greatest value,
and an event that is delivered twice counts twice. Beside it stands what its increments alone take, 8 at a time and with
no function around them. Operations are documents that are read and written, as they are billed.
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
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.pairs import Comparison

TRIGGER = Path(__file__).parent / "trigger"
LIMIT = 0.1
MOST_OPERATIONS = 2.2
PER = 1_000
"""The number of events for which times are printed."""

THREADS = 8
"""Of increments; and workers of the trigger."""

MOST_SECONDS = 120.0
"""For the trigger."""

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

    from stoker_tools import emulators as suite

    setattr(logger, "write", lambda entry: None)  # noqa: B010 - a function, which mypy lets nobody assign to
    os.environ["FUNCTIONS_EMULATOR_PARALLEL"] = str(THREADS)
    with suite.running(schedules=False, functions=TRIGGER) as emulators:
        os.environ.update(emulators.environment)
        return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    pairs: list[tuple[float, float]] = []
    alone: list[float] = []
    operations = 0.0
    # The first pair warms up, and does not count.
    for number in range(options.rounds + 1):
        trigger = _trigger(options.triggers)
        rolled_up, operations = _roll_up(options.events)
        increments = _increments(options.triggers)
        if number:
            pairs.append((rolled_up, trigger))
            alone.append(increments)
    ratios = [ours / theirs for ours, theirs in pairs]
    comparison = Comparison(
        f"roll-up of {PER:,} events",
        f"a trigger for {PER:,} events",
        statistics.median(ours for ours, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        LIMIT,
    )
    if options.json:
        figures = {**asdict(comparison), "operations": operations, "most_operations": MOST_OPERATIONS}
        print(json.dumps({**figures, "increments_seconds": statistics.median(alone)}, indent=2))
        code = int(comparison.ratio > LIMIT)
    else:
        code = comparison.show(as_json=False)
        print(f"{'its increments alone':32} {statistics.median(alone):8.3f} s")
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
    """Seconds for `PER` events, from the first one's arrival to the last one's count."""
    from benchmarks.trigger.main import client, counted

    run = uuid4().hex
    events = client().collection("triggers", run, "events")

    def arrive_and_be_counted() -> None:
        batch = client().batch()
        for event in _events(count):
            batch.create(events.document(), event)
        batch.commit()
        until = time.monotonic() + MOST_SECONDS
        while counted(run) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"The trigger has lost some of {count} events.")
            time.sleep(0.05)

    return _seconds(arrive_and_be_counted) * PER / count


def _increments(count: int) -> float:
    """Seconds for `PER` events, without a function."""
    from benchmarks.trigger.main import increments

    run = uuid4().hex
    events = list(_events(count))
    with ThreadPoolExecutor(THREADS) as pool:
        return _seconds(lambda: list(pool.map(lambda event: increments(run, event), events))) * PER / count


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
