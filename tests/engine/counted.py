"""Sweeps at times of the test's own, whose reads are counted."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api_core import exceptions

from engine.driven import Meddled
from engine.hosts import Dated
from stoker import registry
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Selection
from stoker.firestore.writes import Create, Write, Written
from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.jobs.sweeper import sweep

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
NOTHING = 2 * len(registry.job_types()) + 12
"""The most documents that a sweep reads if there is no job: a query for each step, and the places. Two steps have a
query for each type of job."""


class Counted(Meddled):
    """Documents whose reads are counted, and take time.

    Attributes:
        reads: Documents that were read.
        seconds: How long each call takes, on the clock of the machine.
        broken: Queries for which this is true fail.
    """

    def __init__(self, documents: Any, host: Dated) -> None:
        super().__init__(documents)
        self.reads = 0
        self.seconds = 0.0
        self.broken: Callable[[Selection], bool] = lambda selection: False
        self._host = host

    def _read(self, count: int) -> None:
        self.reads += max(1, count)
        self._host.time += self.seconds

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        self._read(1)
        return self.documents.get(path, fields)

    def find(self, selection: Selection) -> list[StoredDocument]:
        if self.broken(selection):
            raise exceptions.FailedPrecondition("The query requires an index.")
        found = self.documents.find(selection)
        self._read(len(found))
        return found

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        self._host.time += self.seconds
        return super().commit(writes, once=once)


def write(number: int, **fields: Any) -> list[str]:
    """Write so many jobs at once, each of another user unless an owner is given; return their ids."""
    job = {"type": "video-processing", "status": "pending", "createdAt": NOW - 2 * MINUTE}
    ids = [store().host.token() for _ in range(number)]
    owners = {one: {"userId": f"user-{one}", "input": {"source": f"user-uploads/user-{one}/cat.mov"}} for one in ids}
    store().documents.commit([Create(path_of(one), {**job, **owners[one], **fields, "id": one}) for one in ids])
    return ids


def sweep_at(date: datetime) -> int:
    """Sweep at a time; return how many jobs were found."""
    host: Any = store().host
    host.date = date
    return sweep()


def sweeps(documents: Counted, minutes: int, begin: datetime = NOW) -> list[int]:
    """Sweep each minute; return how many documents each sweep has read."""
    reads = []
    for minute in range(minutes):
        documents.reads = 0
        sweep_at(begin + minute * MINUTE)
        reads.append(documents.reads)
    return reads
