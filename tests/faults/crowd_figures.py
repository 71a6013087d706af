"""The figures of a crowd: how long jobs have waited, and what users and sweeps have cost."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from faults.crowd_users import KINDS, Honest
from faults.faulty_suite import FaultySuite
from stoker import config
from stoker.firestore.client import client

END_SECONDS = 120.0
"""The longest time of the last jobs of honest users, in seconds."""


@dataclass(frozen=True)
class Wait:
    """The wait of a job.

    Attributes:
        kind: The kind of the job.
        at: The time at which it was written, in seconds.
        delivery: Seconds from then until its event was delivered. The Firestore emulator delivers one event after
            another, so that each waits for all before it; in production, events come side by side.
        engine: Seconds from then until its attempt began.
    """

    kind: str
    at: float
    delivery: float
    engine: float

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:.0f} s: {self.delivery:.1f} s for its event and {self.engine:.1f} s after it"


@dataclass(frozen=True)
class Waits:
    """The waits of all jobs of honest users."""

    waits: Sequence[Wait]

    @classmethod
    def of(cls, suite: FaultySuite, honest: Sequence[Honest], began: datetime) -> "Waits":
        """Wait for the end of all jobs of honest users.

        Args:
            suite: The suite.
            honest: The users.
            began: The time from which times are counted.

        Raises:
            TimeoutError: Some do not end.
        """
        kinds = {job_id: kind for one in honest for job_id, kind in one.jobs.items()}
        ended = suite.results(list(kinds), END_SECONDS)
        dispatched = [note for note in suite.notes("operations") if note["function"] == "dispatch_job"]
        delivered = {note["jobId"]: note["time"] - note["seconds"] for note in dispatched}
        waits = []
        for job in ended:
            assert (job["status"], job["attempt"]) == ("completed", 1), job
            created, event, started = job["createdAt"].timestamp(), delivered[job["id"]], job["startedAt"].timestamp()
            waits.append(Wait(kinds[job["id"]], created - began.timestamp(), event - created, started - event))
        return cls(waits)

    def of_kind(self, kind: str) -> list[float]:
        """Return the seconds for which jobs of a kind have waited, without the emulator's delivery of events."""
        return [wait.engine for wait in self.waits if wait.kind == kind]

    def __str__(self) -> str:
        kinds = ((kind, self.of_kind(kind)) for kind in KINDS)
        shown = (
            f"{kind} {statistics.median(of):.2f} s, at most {max(of):.2f} s ({len(of)} jobs)" for kind, of in kinds
        )
        longest = sorted(self.waits, key=lambda wait: wait.delivery + wait.engine, reverse=True)[:8]
        return "\n  ".join([", ".join(shown), *map(str, longest)])


class Costs:
    """The Firestore operations of the functions since a time.

    Attributes:
        users: Reads, writes and calls of functions of each user's jobs and tasks, by user.
        sweeps: The notes of each sweep.
    """

    def __init__(self, suite: FaultySuite, began: datetime) -> None:
        notes = [note for note in suite.notes("operations") if note["time"] >= began.timestamp()]
        jobs = client().collection(config.JOBS).select(["userId", "createdAt"]).stream()
        self._jobs: dict[str, dict[str, Any]] = {one.id: one.to_dict() or {} for one in jobs}
        self.users: dict[str, Counter[str]] = defaultdict(Counter)
        self.sweeps = [note for note in notes if note["function"] == "sweep_jobs"]
        for note in notes:
            owner = note.get("userId") or self._jobs.get(note.get("jobId", ""), {}).get("userId")
            if owner:
                self.users[owner].update(reads=note["reads"], writes=note["writes"], **{note["function"]: 1})

    def jobs_before(self, time: float, seconds: float) -> int:
        """Return how many jobs were written in the seconds before a time."""
        created = (job["createdAt"].timestamp() for job in self._jobs.values() if "createdAt" in job)
        return sum(0 <= time - at <= seconds for at in created)
