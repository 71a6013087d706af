"""A live query under many writes, through a network that fails again and again."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

import psutil
from google.api_core import exceptions
from google.cloud import firestore

from emulator.heard import Item, Update, follows
from emulator.tcp_proxy import TcpProxy
from stoker.live.realtime_sync import RealtimeSync
from waiting import until

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
TIES = 5
"""The number of different times of creation, by which the query sorts. So most documents have ties."""


@dataclass
class Figures:
    """The figures of a rehearsal.

    Attributes:
        seconds: The length.
        writes: The number of writes.
        updates: The number of updates.
        faults: The number of faults.
        longest_catch_up: The longest time from the end of each kind of fault to the right state, in seconds.
        median_delay: The median time from a write to its update where no fault was, in seconds.
        processor_share: The processor time of the process, as a share of one processor. The writes are included.
        memory_after_a_fifth: The resident memory after a fifth of the time, in MiB.
        memory_at_the_end: The resident memory at the end, in MiB.
    """

    seconds: float = 0
    writes: int = 0
    updates: int = 0
    faults: int = 0
    longest_catch_up: dict[str, float] = field(default_factory=dict)
    median_delay: float = 0
    processor_share: float = 0
    memory_after_a_fifth: float = 0
    memory_at_the_end: float = 0

    def __str__(self) -> str:
        return json.dumps(asdict(self), indent=2)


class LiveRehearsal:
    """A writer, a live query and a network between them.

    Args:
        collection: The collection, for which a query of `userId`, the newest first, is declared.
        network: The network in front of the emulator.
        documents: The number of documents that come and go.
        writes_a_second: The writes in a second.
    """

    def __init__(
        self, collection: firestore.CollectionReference, network: TcpProxy, documents: int, writes_a_second: int
    ) -> None:
        self._collection, self._network = collection, network
        self._documents, self._rate = documents, writes_a_second
        self._truth: dict[str, Item] = {}
        self._seen: dict[str, int] = {}
        self._items: list[Item] = []
        self._wrong: list[str] = []
        self._unsure: set[int] = set()
        self._written_at: dict[int, float] = {}
        self._delays: list[float] = []
        self._may_write, self._is_over = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self.figures = Figures()

    def run(self, seconds: float, faults: Sequence[str], mute_seconds: float) -> Figures:
        """Rehearse, and check that every state is right after each fault.

        Args:
            seconds: The length.
            faults: The faults in their order: `cut`, `lose` or `mute`.
            mute_seconds: The length of a mute phase.
        """
        process, began = psutil.Process(), time.monotonic()
        busy = sum(process.cpu_times()[:2])
        writer = threading.Thread(target=self._write)
        query = RealtimeSync(self._collection.id, {"userId": "ada"}, self._hear, self._wrong_error)
        with query:
            writer.start()
            self._may_write.set()
            try:
                for number, fault in enumerate(faults):
                    self._wait_until(began + seconds * (number + 1) / (len(faults) + 1))
                    self._fail(fault, mute_seconds)
                    if not self.figures.memory_after_a_fifth and number >= len(faults) / 5:
                        self.figures.memory_after_a_fifth = process.memory_info().rss / 2**20
                self._wait_until(began + seconds)
                self._settle()
            finally:
                self._is_over.set()
                self._may_write.set()
                writer.join()
        assert self._wrong == [], self._wrong[:3]
        self.figures.seconds = round(time.monotonic() - began, 1)
        self.figures.faults = len(faults)
        self.figures.median_delay = median(self._delays)
        self.figures.processor_share = (sum(process.cpu_times()[:2]) - busy) / self.figures.seconds
        self.figures.memory_at_the_end = process.memory_info().rss / 2**20
        return self.figures

    def _wait_until(self, moment: float) -> None:
        while (left := moment - time.monotonic()) > 0 and not self._wrong:
            time.sleep(min(left, 0.1))  # the passing of time is what is rehearsed

    def _fail(self, fault: str, mute_seconds: float) -> None:
        if fault == "mute":
            with self._network.muted():
                self._wait_until(time.monotonic() + mute_seconds)
        else:
            {"cut": self._network.cut, "lose": self._network.lose}[fault]()
            self._wait_until(time.monotonic() + 0.2)
        longest = self.figures.longest_catch_up
        longest[fault] = max(longest.get(fault, 0.0), self._settle())

    def _settle(self) -> float:
        """Pause the writer, and wait until the query shows what was written; return the seconds that it took."""
        self._may_write.clear()
        began = time.monotonic()
        with self._lock:  # after the write that is under way
            wanted = sorted(self._truth.values(), key=lambda item: (item["createdAt"], item["id"]), reverse=True)
        until(lambda: self._items == wanted or self._wrong, seconds=60, what="The query shows the last state")
        self._may_write.set()
        return time.monotonic() - began

    def _write(self) -> None:
        chance = random.Random(18)
        moment = time.monotonic()
        while not self._is_over.is_set():
            self._may_write.wait()
            moment = max(moment + 1 / self._rate, time.monotonic() - 1)
            self._wait_until(moment)
            name = f"task-{chance.randrange(self._documents)}"
            with self._lock:
                if not self._may_write.is_set():
                    continue
                self.figures.writes += 1
                number = self.figures.writes
                reference = self._collection.document(name)
                if name in self._truth and chance.random() < 0.3:
                    del self._truth[name]
                    _surely(reference.delete)
                    continue
                created = BEGAN + timedelta(seconds=chance.randrange(TIES))
                item = {"userId": "ada", "createdAt": created, "number": number}
                self._truth[name] = {**item, "id": name}
                self._written_at[number] = time.monotonic()
                _surely(partial(reference.set, item), partial(self._unsure.add, number))

    def _hear(self, update: Update) -> None:
        now = time.monotonic()
        self.figures.updates += 1
        if not follows(update, self._items):
            self._wrong.append(f"not the difference: {update}")
        for item in update.added:
            if item["number"] <= self._seen.get(item["id"], 0):
                self._wrong.append(f"gone and back again: {item}")
        for item in update.modified:
            # A write that the emulator has called cancelled may be done later, and a second time.
            if item["number"] < self._seen.get(item["id"], 0) and item["number"] not in self._unsure:
                self._wrong.append(f"older than before: {item}")
        for item in (*update.added, *update.modified):
            self._seen[item["id"]] = item["number"]
            self._delays.append(now - self._written_at.pop(item["number"], now))
        self._items = update.items

    def _wrong_error(self, error: Exception) -> None:
        self._wrong.append(repr(error))


def _surely(write: Callable[[], Any], on_doubt: Callable[[], Any] = lambda: None) -> None:
    """Write until it succeeds. While a listener goes away, the emulator may call a write cancelled."""
    while True:
        try:
            write()
        except (exceptions.Cancelled, exceptions.Aborted):
            on_doubt()
            continue
        return
