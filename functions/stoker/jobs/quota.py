"""The quota: a bound on the bytes that a user may store. Above it, no job of the user begins that makes files.

The quota is soft, because security rules can't add up the sizes of uploads. The user's files are listed and counted
when a job begins. The count is kept with the places of the user's jobs (`jobUsers/{uid}.stored`), in a write that is
made in any case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stoker import config
from stoker.errors import StorageQuotaExceeded
from stoker.jobs.store import store

FRESH = timedelta(minutes=10)
"""The greatest age of a count below the quota. So the files of a user with many jobs are listed once in this time."""

FRESH_ABOVE = timedelta(minutes=1)
"""The greatest age of a count above the quota. It is short, because the user may have deleted files since, as the error
asks for."""


@dataclass(frozen=True)
class StoredCount:
    """A count of the bytes that a user stores.

    Attributes:
        bytes: The size of all files of the user, in bytes.
        counted_at: The time of the count.
    """

    bytes: int
    counted_at: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "StoredCount | None":
        """Return the count in a document of `jobUsers`; None if it has no count."""
        match data.get("stored"):
            case {"bytes": int(count), "countedAt": datetime() as counted_at}:
                return cls(count, counted_at)
        return None

    def to_firestore(self) -> dict[str, Any]:
        """Return the fields of `stored`."""
        return {"bytes": self.bytes, "countedAt": self.counted_at}

    def is_above(self, quota_gib: int) -> bool:
        """Return whether the count is greater than the quota."""
        return self.bytes > quota_gib * config.GIB

    def is_fresh(self, quota_gib: int, now: datetime) -> bool:
        """Return whether the count may still be used.

        Example:
            >>> from datetime import UTC
            >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
            >>> later = noon + timedelta(minutes=5)
            >>> [StoredCount(count * config.GIB, noon).is_fresh(50, later) for count in (50, 51)]
            [True, False]
        """
        return now - self.counted_at < (FRESH_ABOVE if self.is_above(quota_gib) else FRESH)


def count_stored(user_id: str, kept: StoredCount | None, quota_gib: int | None) -> StoredCount | None:
    """Return the count of the bytes that a user stores: the kept count, or a new count if the kept one is too old.

    Args:
        user_id: The user.
        kept: The kept count; None if there is none.
        quota_gib: The quota, in GiB. Without a quota, nothing is counted.

    Returns:
        The count; None if it is not known. The user's jobs may then begin.
    """
    now = store().host.now()
    if quota_gib is None or (kept is not None and kept.is_fresh(quota_gib, now)):
        return kept
    counted = store().stored_bytes(user_id)
    return kept if counted is None else StoredCount(counted, now)


def quota_problem(stored: StoredCount | None, quota_gib: int | None) -> StorageQuotaExceeded | None:
    """Return the reason why no job of a user may begin that makes files; None if such jobs may begin."""
    if stored is None or quota_gib is None or not stored.is_above(quota_gib):
        return None
    return StorageQuotaExceeded(
        f"You store {stored.bytes / config.GIB:,.1f} GiB, and may store {quota_gib:,} GiB. Delete files or jobs that "
        "you no longer need, and retry this job after a minute."
    )
