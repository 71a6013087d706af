"""The operations of Firestore that a piece of work costs. One table, for the tests and for the bill.

`tests/emulator/test_costs.py` asserts each entry against the requests that are really sent. The bill of `stoker costs`
and `docs/costs.md` is computed from the same entries. So an entry that is wrong fails a test, and an entry that
changes makes the page stale.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Operations:
    """Billed operations of Firestore.

    Attributes:
        reads: The documents that are read. A query that finds nothing is one read.
        writes: The documents that are written.
        deletes: The documents that are deleted.

    Example:
        >>> Operations(reads=3, writes=5) + 2 * Operations(writes=1)
        Operations(reads=3, writes=7, deletes=0)
    """

    reads: float = 0
    writes: float = 0
    deletes: float = 0

    def __add__(self, other: "Operations") -> "Operations":
        return Operations(self.reads + other.reads, self.writes + other.writes, self.deletes + other.deletes)

    def __rmul__(self, times: float) -> "Operations":
        return Operations(times * self.reads, times * self.writes, times * self.deletes)


SHORT_JOB = Operations(reads=3, writes=5)
"""A job of a user who runs no other job, and that ends before its first report of progress: the check for older jobs,
the claim and the end, with the user's counts and the event `job.completed`. The client's own write is not included."""

FURTHER_JOB = Operations(reads=1)
"""More for a job of a user who already has a job in the same queue: a count of the places that are taken."""

JOB_WITHOUT_LIMITS = Operations(reads=1, writes=3)
"""A job while the limits of users are lifted, instead of `SHORT_JOB`."""

OWNER_WITHOUT_ACCOUNT = Operations(reads=1)
"""More for a job of an owner without an account: whether the account was deleted."""

REPORT = Operations(writes=1)
"""A report of progress, a new stage, a checkpoint, or a heartbeat."""

TASK_AGAIN = Operations(reads=1)
"""A delivery of a Cloud Tasks task for a job that is held by another attempt, or that has ended."""

BATCH = Operations(reads=2)
"""More for a batch: its items are counted. Its checkpoints are reports, at most one for each page of 200 items."""

BATCH_ITEM = Operations(reads=1, writes=1)
"""A task that `update-tasks` changes."""

EXPORT = Operations(reads=10, writes=1)
"""More for an export: a search in each collection, and a checkpoint."""

EXPORTED_DOCUMENT = Operations(reads=2)
"""A document of an export: it is read, and documents below it are searched for."""

COMPLETION = Operations(reads=3, writes=4)
"""The award of XP for a completed task, with the event `task.completed`."""

EVENT = Operations(reads=1, writes=1)
"""An event that is rolled up: it is read, and marked as rolled up. The client's own write is not included."""

ROLL_UP = Operations(reads=2, writes=3)
"""A roll-up that finds events: the search for events, and the lease."""

ROLL_UP_OF_NAME = Operations(reads=6, writes=6)
"""More for each name of events in a roll-up, and for `all`: an aggregate and a sketch of an hour, a day and a month."""

LOOK_FOR_EVENTS = Operations(reads=1)
"""A roll-up that finds no event."""

IDLE_SWEEP = Operations(reads=18, writes=1)
"""A sweep that finds no job: a search for each kind of work, and the cursors of the searches."""

RECHECKS = Operations(reads=4)
"""More for a sweep that also makes the searches for lost work. A sweep makes most of them every ten minutes."""

SETTINGS = Operations(reads=1)
"""The settings of jobs. A process reads them at most every 15 seconds while it works."""

RETRY_JOB = Operations(reads=4, writes=2)
"""A call of `retryJob`. Each call of a client includes a write that counts the user's calls."""

DELETE_JOB = Operations(reads=2, writes=1, deletes=1)
"""A call of `deleteJob`, for a job without children."""

ENSURE_PROFILE = Operations(reads=2, writes=1)
"""A call of `ensureProfile` for a profile that follows its account already."""

SET_ROLE = Operations(reads=1, writes=2)
"""A call of `setRole`."""

SIGN_UP = Operations(reads=2, writes=2)
"""The profile of a new account, and the event `user.signed-up`."""
