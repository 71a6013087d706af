"""The figures of a crowd: how long jobs have waited, and what users and sweeps have cost."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from faults.crowd_users import Honest
from faults.faulty_suite import FaultySuite
from stoker import config
from stoker.firestore.client import client

END_SECONDS = 120.0
"""How long the last jobs of honest users may take."""


@dataclass(frozen=True)
class Waits:
    """The time from the creation of each job until its attempt, in seconds, by the kind of the job."""

    seconds: Mapping[str, Sequence[float]]

    @classmethod
    def of(cls, suite: FaultySuite, honest: Sequence[Honest], began: datetime) -> "Waits":
        """Wait for the end of all jobs of honest users, and print the longest waits.

        Args:
            suite: The suite.
            honest: The users.
            began: The time from which the printed times are counted.

        Raises:
            TimeoutError: Some do not end.
        """
        kinds = {job_id: kind for one in honest for job_id, kind in one.jobs.items()}
        found: dict[str, list[float]] = defaultdict(list)
        waits: list[tuple[float, str]] = []
        for job in suite.results(list(kinds), END_SECONDS):
            assert (job["status"], job["attempt"]) == ("completed", 1), job
            wait = (job["startedAt"] - job["createdAt"]) / timedelta(seconds=1)
            found[kinds[job["id"]]].append(wait)
            waits.append((wait, f"{wait:.1f} s at {(job['createdAt'] - began).total_seconds():.0f} s"))
        print(f"The longest waits: {', '.join(text for _, text in sorted(waits, reverse=True)[:8])}.")
        return cls(found)

    def __str__(self) -> str:
        return "; ".join(
            f"{kind}: {statistics.median(of):.2f} s, at most {max(of):.2f} s ({len(of)} jobs)"
            for kind, of in sorted(self.seconds.items())
        )


class Costs:
    """The Firestore operations of the functions since a time.

    Attributes:
        users: Reads, writes and calls of functions of each user's jobs and tasks, by user.
        sweeps: What was noted of each sweep.
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
