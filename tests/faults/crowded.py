"""The functions of a crowded suite: some jobs sleep, and all Firestore operations are counted. It runs in their
processes.

Nothing goes wrong here. All times are those of production: leases, heartbeats, the tasks of the queues. Only the queues
have fewer places, because each place needs a process.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from google.cloud.firestore_v1.services.firestore import FirestoreClient

from faults.folder import note
from faults.injection import wrap

PLACES = 8
"""Places of each queue. A quarter of them is kept for users who hold none, as of the 20 in production. An attacker who
holds one place gets no second while the other four hold one each."""

PARALLEL = 2 * PLACES + 6
"""Requests that the Functions emulator serves at once: those of two queues, and some for events and sweeps. A process
takes 3 s of a processor to start and 100 MB, and nothing while it sleeps."""


class Meter:
    """Counts the documents that this process reads and writes, as they are billed.

    A query or a look-up that finds nothing counts one read, and so does an aggregation (up to a thousand entries).
    Source: https://firebase.google.com/docs/firestore/pricing#operations
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reads = self._writes = 0

    def add(self, reads: int = 0, writes: int = 0) -> None:
        with self._lock:
            self._reads += reads
            self._writes += writes

    def taken(self) -> tuple[int, int]:
        """Return the reads and writes since the last call."""
        with self._lock:
            counted = self._reads, self._writes
            self._reads = self._writes = 0
        return counted


_meter = Meter()
"""A process serves one request at a time, so all its counts belong to that request."""


def install() -> None:
    """Changes what this process runs, before the functions import it."""
    from stoker import registry

    kinds = {name: replace(kind, at_once=PLACES) for name, kind in registry.job_types().items()}
    wrap(registry, "job_types", lambda job_types: kinds)
    wrap(FirestoreClient, "commit", _commit)
    wrap(FirestoreClient, "batch_get_documents", _get_all)
    wrap(FirestoreClient, "run_query", _query)
    for name in ("get_document", "run_aggregation_query"):
        wrap(FirestoreClient, name, _get)
    # Each function has processes of its own.
    match os.environ.get("FUNCTION_TARGET"):
        case "dispatch_job":
            from stoker.jobs import dispatch

            wrap(dispatch, "dispatch", _dispatch)
        case "videoprocessing" | "batchoperation":
            from stoker.jobs import attempt

            wrap(attempt, "run_attempt", _work)
        case "on_task_written":
            from stoker.progress import award

            wrap(award, "task_written", _task_written)
        case "sweep_jobs":
            from stoker.jobs import sweeper

            wrap(sweeper, "sweep", _sweep)


@contextmanager
def _metered(**of: str) -> Iterator[None]:
    _meter.taken()
    began = time.monotonic()
    try:
        yield
    finally:
        reads, writes = _meter.taken()
        seconds = round(time.monotonic() - began, 3)
        function = os.environ["FUNCTION_TARGET"]
        note("operations", function=function, reads=reads, writes=writes, seconds=seconds, **of)


def _dispatch(dispatch: Callable[..., bool], found: Any, *rest: Any) -> bool:
    with _metered(jobId=found.id):
        return dispatch(found, *rest)


def _work(work: Callable[..., None], job_id: str, worker: Any) -> None:
    from faults import workers

    slow = workers.sleep if os.environ["FUNCTION_TARGET"] == "videoprocessing" else workers.sleeping(worker)
    with _metered(jobId=job_id):
        work(job_id, slow)


def _task_written(
    task_written: Callable[..., None], task_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    with _metered(userId=str((after or before or {}).get("userId"))):
        task_written(task_id, before, after)


def _sweep(sweep: Callable[..., int], *arguments: Any) -> int:
    with _metered():
        return sweep(*arguments)


# --- Firestore's calls ------------------------------------------------------------------------------


def _commit(commit: Callable[..., Any], api: Any, request: Any, **named: Any) -> Any:
    _meter.add(writes=len(request["writes"]))
    return commit(api, request, **named)


def _get_all(get_all: Callable[..., Any], api: Any, request: Any, **named: Any) -> Any:
    _meter.add(reads=len(request["documents"]))
    return get_all(api, request, **named)


def _get(get: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    _meter.add(reads=1)
    return get(*arguments, **named)


def _query(query: Callable[..., Any], *arguments: Any, **named: Any) -> Iterator[Any]:
    found = False
    for answer in query(*arguments, **named):
        if "document" in answer:
            found = True
            _meter.add(reads=1)
        yield answer
    if not found:
        _meter.add(reads=1)
