"""The simulated store: a `MemoryStore` whose every call takes virtual time and may go wrong."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

from google.api_core import exceptions

from simulation.faults import Faults
from simulation.machine import SimulatedHost
from simulation.scheduler import Killed, Process, Scheduler
from stoker import config
from stoker.access.standing import Standing
from stoker.firestore.api_errors import Conflict
from stoker.firestore.documents import Documents, StoredDocument
from stoker.firestore.memory_documents import MemoryDocuments
from stoker.firestore.selection import AnyOf, Selection
from stoker.firestore.writes import Create, Write, Written
from stoker.host import Host
from stoker.jobs.memory_store import MemoryStore, QueuedTask
from stoker.jobs.states import JobState

Change = tuple[str, StoredDocument | None, StoredDocument | None]
"""A document's path, and the document before and after a commit."""

SETTINGS = f"{config.ADMIN_DATA}/{config.JOB_SETTINGS}"
"""The settings can always be read: an instance that starts while they can't be read knows of no limit."""

GRACE_SECONDS = 10.0
"""Seconds between SIGTERM and the end. Source: https://cloud.google.com/run/docs/container-contract"""


class Network:
    """The way between a process and the services: it takes time, and things get lost on it.

    Args:
        scheduler: Runs the actors.
        faults: The faults of the world.
        confused: Called with a process that may take its own commit for another's.
    """

    def __init__(self, scheduler: Scheduler, faults: Faults, confused: Callable[[Process], None]) -> None:
        self.scheduler = scheduler
        self.faults = faults
        self.confused = confused

    def cross(self, *words: object) -> None:
        """Let a request or an answer travel. Other actors run meanwhile.

        Raises:
            Killed: The process died.
        """
        faults, scheduler = self.faults, self.scheduler
        random = scheduler.random
        scheduler.note(*words)
        seconds = 0.002 + 0.1 * random.random() ** 3
        if faults.strikes(random, faults.slow):
            seconds += 12 * random.random()
        process = scheduler.process
        if process.mortal:
            self._strike(process)
        scheduler.wait(seconds)

    def _strike(self, process: Process) -> None:
        faults, scheduler = self.faults, self.scheduler
        random = scheduler.random
        if faults.strikes(random, faults.kill):
            scheduler.kill(process)
            raise Killed
        if faults.strikes(random, faults.stall):
            process.stalled_until = scheduler.now + random.choice((30, 200, 400)) * (0.5 + random.random())
            scheduler.note("STALL until", f"{process.stalled_until:.1f}")
        if process.kind == "worker" and not process.going_down and faults.strikes(random, faults.preempt):
            scheduler.note("SIGTERM")
            process.going_down = True
            scheduler.at(scheduler.now + GRACE_SECONDS, lambda: scheduler.kill(process) if process.actors else None)

    def refuse(self, *words: object) -> None:
        """Fail, perhaps.

        Raises:
            ServiceUnavailable: Nothing was done.
        """
        if self.faults.strikes(self.scheduler.random, self.faults.refused):
            self.scheduler.note("REFUSED", *words)
            raise exceptions.ServiceUnavailable("simulated")


class SimulatedDocuments:
    """Documents behind a network.

    Args:
        network: The network.
        now: The server's clock.
        committed: Called after each commit with its process, its writes and its changes.
    """

    def __init__(
        self,
        network: Network,
        now: Callable[[], datetime],
        committed: Callable[[Process | None, Sequence[Write], Sequence[Change]], None],
    ) -> None:
        self.inner = MemoryDocuments(now)
        self._network = network
        self._committed = committed

    def get(self, path: str, fields: Sequence[str] = ()) -> StoredDocument | None:
        """Read a document; see `Documents`."""
        self._network.cross("get", path)
        if path != SETTINGS:
            self._network.refuse("get", path)
        return self.inner.get(path, fields)

    def get_all(self, paths: Sequence[str], fields: Sequence[str] = ()) -> list[StoredDocument]:
        """Read several documents; see `Documents`."""
        self._read("get", *paths)
        return self.inner.get_all(paths, fields)

    def find(self, selection: Selection) -> list[StoredDocument]:
        """Read the documents of a selection; see `Documents`."""
        self._read("find", selection.collection, *(one[2] for one in selection.filters if not isinstance(one, AnyOf)))
        return self.inner.find(selection)

    def count(self, selection: Selection) -> int:
        """Count; see `Documents`."""
        self._read("count", selection.collection)
        return self.inner.count(selection)

    def count_and_sum(self, selection: Selection, field: str) -> tuple[int, float]:
        """Count and add up; see `Documents`."""
        self._read("count", selection.collection)
        return self.inner.count_and_sum(selection, field)

    def commit(self, writes: Sequence[Write], *, once: bool = False) -> list[Written]:
        """Make all writes, or none; see `Documents`."""
        network = self._network
        faults, scheduler = network.faults, network.scheduler
        random, process = scheduler.random, scheduler.process
        words = [f"{type(write).__name__.lower()} {write.path}" for write in writes]
        network.cross("commit", *words)
        network.refuse(*words)
        if faults.strikes(random, faults.late):
            scheduler.note("LATE", *words)
            scheduler.at(scheduler.now + 60 * random.random() ** 2, lambda: self._arrive_late(process, writes))
            raise exceptions.DeadlineExceeded("simulated")
        written = self.apply(process, writes)
        if faults.strikes(random, faults.answer_lost):
            scheduler.note("ANSWER LOST", *words)
            self._time_out()
            raise exceptions.DeadlineExceeded("simulated")
        if not once and faults.strikes(random, faults.sent_again):
            scheduler.note("SENT AGAIN", *words)
            network.confused(process)
            self._time_out()
            return self.apply(process, writes)
        network.cross("answer")
        return written

    def _time_out(self) -> None:
        """Wait for an answer that does not come."""
        self._network.cross("no answer")
        self._network.scheduler.wait(20 * self._network.scheduler.random.random() ** 2)

    def apply(self, process: Process | None, writes: Sequence[Write]) -> list[Written]:
        """Make writes at once; the invariants are checked."""
        before = [self.inner.get(write.path) for write in writes]
        try:
            written = self.inner.commit(writes)
        except Conflict:
            self._network.scheduler.note("CONFLICT", writes[0].path)
            raise
        changes = [(write.path, old, self.inner.get(write.path)) for write, old in zip(writes, before, strict=True)]
        self._committed(process, writes, changes)
        return written

    def _arrive_late(self, process: Process, writes: Sequence[Write]) -> None:
        try:
            self.apply(process, writes)
        except Conflict:
            return  # As it should be, if anything has been written meanwhile.
        self._network.confused(process)

    def _read(self, *words: object) -> None:
        self._network.cross(*words)
        self._network.refuse(*words)


class SimulatedStore:
    """A store in memory behind a network.

    Args:
        network: The network.
        host: The machine.
        committed: Called after each commit.
        enqueued: Called with each task that is new.
        deleted: Called with the names of objects that are deleted.
    """

    def __init__(
        self,
        network: Network,
        host: SimulatedHost,
        committed: Callable[[Process | None, Sequence[Write], Sequence[Change]], None],
        enqueued: Callable[[QueuedTask], None],
        deleted: Callable[[Sequence[str]], None],
    ) -> None:
        self.host: Host = host
        self.simulated = SimulatedDocuments(network, host.true_time, committed)
        self.documents: Documents = self.simulated
        self.memory = MemoryStore(host)
        self._network = network
        self._enqueued = enqueued
        self._deleted = deleted

    def enqueue(self, job: JobState, occasion: str, due: datetime | None = None) -> None:
        """Put a task into a queue; see `Store`."""
        self._network.cross("enqueue", job.id, occasion)
        self._network.refuse("enqueue", job.id)
        before = len(self.memory.tasks)
        self.memory.enqueue(job, occasion, due)
        for task in self.memory.tasks[before:]:
            self._enqueued(task)

    def list_outputs(self, user_id: str, job_id: str) -> list[str]:
        """List uploaded objects; see `Store`."""
        self._network.cross("list outputs", job_id)
        self._network.refuse("list outputs", job_id)
        return self.memory.list_outputs(user_id, job_id)

    def outputs_behind(self, after: str, limit: int) -> list[str]:
        """List uploaded objects of all jobs; see `Store`."""
        self._network.cross("list all outputs", after)
        self._network.refuse("list all outputs", after)
        return self.memory.outputs_behind(after, limit)

    def delete_outputs(self, names: Sequence[str]) -> None:
        """Delete objects; see `Store`."""
        self._network.cross("delete", *names)
        self._network.refuse("delete", *names)
        self._deleted(names)
        self.memory.delete_outputs(names)

    def upload(self, name: str) -> None:
        """Upload an object, as a worker does."""
        self._network.cross("upload", name)
        self._network.refuse("upload", name)
        self.memory.outputs.add(name)

    def workspace(self) -> AbstractContextManager[Path]:
        """Return a folder that no worker of the simulation uses."""
        return nullcontext(Path("/nonexistent"))

    def standing(self, user_id: str) -> Standing | None:
        """Look a user's account up; see `Store`. No user of the simulation is locked out."""
        return self.memory.standing(user_id)

    def stored_bytes(self, user_id: str) -> int | None:
        """Count what a user stores; see `Store`. No user of the simulation stores much."""
        return self.memory.stored_bytes(user_id)


def creates(writes: Sequence[Write], collection: str) -> list[Create]:
    """Return the writes that make documents of a collection."""
    return [write for write in writes if isinstance(write, Create) and write.path.startswith(f"{collection}/")]
