"""Users of the crowded suite: honest users and attackers. The rules apply to all their requests."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from google.api_core.exceptions import PermissionDenied
from google.cloud.firestore import SERVER_TIMESTAMP

from stoker import config
from stoker.models.analytics import SERVER_EVENTS, SERVER_ID
from stoker_tools.samples.user import SampleUser

FILM, BATCH = "video-processing", "batch-operation"
SHORT = {"source": "public/1-seconds"}
KINDS = ("film", "export", "import")
"""The kinds of an honest user's jobs."""

LONG_SECONDS = (60, 90, 120)
"""The durations of the attackers' jobs, in seconds."""

EVERY_SECONDS = 30.0
"""The mean time between two jobs of an honest user, who seldom has two at once."""

WHOLE_SECONDS = 600
"""The length of a soak in which attackers do all that they do. In a shorter soak, they do a part."""

LATER = timedelta(days=29)
WRITTEN_AT_ONCE = 10
"""Jobs in one commit: the rules look something up for each, and may do so twenty times in a commit."""

OPEN_SECONDS = config.XP_OPEN_SECONDS + 30
"""The time for which a task must be open before it gives points, with a margin, in seconds."""

Act = tuple[float, Callable[[], object]]
"""A time in seconds, and the function to call then."""


def perform(acts: Sequence[Act], began: float) -> None:
    """Does everything at its time.

    Args:
        acts: What to do, and when.
        began: The `monotonic` time from which their times are counted.
    """
    for at, act in sorted(acts, key=lambda one: one[0]):
        time.sleep(max(0.0, began + at - time.monotonic()))
        act()


def all_perform(crowd: Sequence[Sequence[Act]]) -> None:
    """Does what each user does, all users at the same time.

    Raises:
        Exception: The first that a user met.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(len(crowd)) as pool:
        for done in [pool.submit(perform, acts, began) for acts in crowd]:
            done.result()


def put(user: SampleUser, folder: Path, name: str, text: str) -> str:
    """Uploads a list of a user's; returns the object's name."""
    file = folder / f"{uuid4().hex}.csv"
    file.write_text(text)
    return user.upload(file, "text/csv", f"user-uploads/{user.id}/{name}")


@dataclass
class Honest:
    """A user who writes a job now and then.

    Attributes:
        user: The user.
        source: A list of ten tasks.
        jobs: The kinds of the jobs that were written, by id.
    """

    user: SampleUser
    source: str
    jobs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def come(cls, folder: Path) -> "Honest":
        user = SampleUser.sign_up()
        rows = "".join(f"Water plant {number}\n" for number in range(10))
        return cls(user, put(user, folder, "plants.csv", f"title\n{rows}"))

    def acts(self, seconds: float, seed: str) -> Iterator[Act]:
        """Yield the user's acts within some seconds."""
        choose = random.Random(seed)
        kinds: dict[str, tuple[str, dict[str, Any]]] = {
            "film": (FILM, SHORT),
            "export": (BATCH, {"operation": "export-user-data"}),
            "import": (BATCH, {"operation": "import-tasks", "source": self.source}),
        }
        at = choose.uniform(0, EVERY_SECONDS)
        while at < seconds:
            kind = choose.choice(KINDS)
            yield at, partial(self._write, kind, *kinds[kind])
            at += choose.expovariate(1 / EVERY_SECONDS)

    def _write(self, kind: str, job_type: str, job_input: dict[str, Any]) -> None:
        self.jobs[self.user.write_job(job_input, type=job_type)] = kind


@dataclass
class Attacker:
    """An attacker, who wants other users to wait, the operator to pay, or points for nothing.

    Attributes:
        user: The user.
        blank: A list of 4 MiB of line breaks.
        done: A list of 60 tasks that are done.
        documents: The number of documents that the user and the user's jobs wrote, changed or deleted.
        refused: Events that the rules have refused.
        forged: Events that the rules have let through.
    """

    user: SampleUser
    blank: str
    done: str
    documents: int = 0
    refused: int = 0
    forged: list[str] = field(default_factory=list)

    @classmethod
    def come(cls, folder: Path) -> "Attacker":
        user = SampleUser.sign_up()
        blank = put(user, folder, "blank.csv", "title\n" + "\n" * 4 * 1024**2)
        rows = "".join(f"Farm {number},completed,urgent\n" for number in range(60))
        return cls(user, blank, put(user, folder, "done.csv", f"title,status,priority\n{rows}"))

    def acts(self, seconds: float, seed: str) -> Iterator[Act]:
        """Yield the attacker's acts within some seconds."""
        choose = random.Random(seed)
        part = seconds / WHOLE_SECONDS

        def often(count: int, act: Callable[[], object], until: float = 1.0) -> Iterator[Act]:
            for _ in range(max(1, round(part * count))):
                yield choose.uniform(0, until * seconds), act

        # Many long jobs, a batch of many jobs, and batches that wait for their jobs.
        yield from often(40, lambda: self._write(FILM, _film(choose)), until=0.5)
        yield from often(30, lambda: self._write(BATCH, _long_batch(choose)), until=0.5)
        yield from often(1, lambda: self._write_parent(choose, max(10, round(100 * part))), until=0.5)
        yield from often(20, lambda: self._write_parent(choose, 1))
        # Lists that cost work.
        yield from often(5, lambda: self._write(BATCH, {"operation": "import-tasks", "source": self.blank}))
        # Jobs that a sweep may read again and again.
        yield from often(800 // WRITTEN_AT_ONCE, self._write_later, until=0.8)
        # Events of the server's own.
        yield from often(10, self._forge)
        # Points.
        yield from often(3, self._farm)
        yield from often(2, self._import_done)
        tasks = [uuid4().hex for _ in range(12)]
        yield 0.0, lambda: self._write_tasks(tasks)
        if seconds > OPEN_SECONDS:
            yield OPEN_SECONDS, lambda: self._complete(tasks)

    def _write(self, job_type: str, job_input: dict[str, Any]) -> None:
        self.user.write_job(job_input, type=job_type)
        self.documents += 1

    def _write_parent(self, choose: random.Random, count: int) -> None:
        jobs = [{"type": FILM, "input": _film(choose)} for _ in range(count)]
        self._write(BATCH, {"operation": "run-jobs", "jobs": jobs})
        self.documents += count

    def _write_later(self) -> None:
        batch = self.user.firestore.batch()
        for _ in range(WRITTEN_AT_ONCE):
            reference = self.user.firestore.collection(config.JOBS).document()
            job = {"id": reference.id, "userId": self.user.id, "type": FILM, "input": SHORT, "status": "pending"}
            batch.create(reference, {**job, "createdAt": SERVER_TIMESTAMP, "runAfter": datetime.now(UTC) + LATER})
        batch.commit()
        self.documents += WRITTEN_AT_ONCE

    def _forge(self) -> None:
        """Tries each name that is the server's, and an id that the server may want to give to an event."""
        own = [(name, uuid4().hex) for name in SERVER_EVENTS]
        for name, event_id in [*own, ("video.played", f"{SERVER_ID}{uuid4().hex}")]:
            try:
                self.record(name, event_id)
            except PermissionDenied:
                self.refused += 1
            else:
                self.forged.append(f"{name} {event_id}")

    def record(self, name: str, event_id: str) -> None:
        """Records an event.

        Raises:
            PermissionDenied: The rules refuse it.
        """
        event = {"id": event_id, "userId": self.user.id, "name": name, "value": -1e12, "rolledUp": False}
        times = {"occurredAt": datetime.now(UTC), "createdAt": SERVER_TIMESTAMP}
        self.user.firestore.collection(config.ANALYTICS_EVENTS).document(event_id).create({**event, **times})

    def _farm(self) -> None:
        """Creates 60 tasks as completed, and deletes them."""
        for _ in range(60):
            name = uuid4().hex
            self._task(name).create(self._fields(name, status="completed"))
            self._task(name).delete()
            self.documents += 2

    def _import_done(self) -> None:
        self._write(BATCH, {"operation": "import-tasks", "source": self.done})
        self.documents += 60

    def _write_tasks(self, names: Sequence[str]) -> None:
        for name in names:
            self._task(name).create(self._fields(name))
        self.documents += len(names)

    def _complete(self, names: Sequence[str]) -> None:
        """Completes tasks that were open for long enough: each is worth something, and all together more than a day."""
        for name in names:
            self._task(name).update({"status": "completed", "updatedAt": SERVER_TIMESTAMP})
        self.documents += len(names)

    def _task(self, name: str) -> Any:
        return self.user.firestore.collection(config.TASKS).document(name)

    def _fields(self, name: str, **fields: Any) -> dict[str, Any]:
        due = {"priority": "urgent", "dueDate": datetime.now(UTC) + timedelta(days=1)}
        own = {"id": name, "userId": self.user.id, "title": "Farm", **due, **fields}
        return {**own, "createdAt": SERVER_TIMESTAMP, "updatedAt": SERVER_TIMESTAMP}


def _film(choose: random.Random) -> dict[str, Any]:
    return {"source": f"public/{choose.choice(LONG_SECONDS)}-seconds"}


def _long_batch(choose: random.Random) -> dict[str, Any]:
    where = {"category": f"{choose.choice(LONG_SECONDS)}-seconds"}
    return {"operation": "update-tasks", "where": where, "set": {"status": "completed"}}
