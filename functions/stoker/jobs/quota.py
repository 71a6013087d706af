"""Quota: how many bytes a user may store. Above it, no job of the user's begins that makes files.

It is soft, because rules can't add up what is uploaded. What a user stores is counted by listing the user's files when
a job begins. The count is kept with the places of the user's jobs (`jobUsers/{uid}.stored`), in a write that is made
anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stoker import config
from stoker.errors import StorageQuotaExceeded
from stoker.jobs.store import store

FRESH = timedelta(minutes=10)
"""How old a count below the quota may be. So a user with many jobs pays for the listing once in this time."""

FRESH_ABOVE = timedelta(minutes=1)
"""How old a count above the quota may be: the user may have deleted files since, as the error says."""


@dataclass(frozen=True)
class StoredCount:
    """What a user stored at some time.

    Attributes:
        bytes: The size of all the user's files.
        counted_at: The time.
    """

    bytes: int
    counted_at: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "StoredCount | None":
        """Return the count that a document of `jobUsers` keeps, if it keeps one."""
        match data.get("stored"):
            case {"bytes": int(count), "countedAt": datetime() as counted_at}:
                return cls(count, counted_at)
        return None

    def to_firestore(self) -> dict[str, Any]:
        """Return the fields of `stored`."""
        return {"bytes": self.bytes, "countedAt": self.counted_at}

    def is_above(self, quota_gib: int) -> bool:
        """Return whether this is more than the quota."""
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
    """Return what a user stores: the count that is kept, or a new one if that is too old.

    Args:
        user_id: The user.
        kept: The count that is kept.
        quota_gib: The quota; nothing is counted without one.

    Returns:
        The count; None if it is not known. The user's jobs go on then.
    """
    now = store().host.now()
    if quota_gib is None or (kept is not None and kept.is_fresh(quota_gib, now)):
        return kept
    counted = store().stored_bytes(user_id)
    return kept if counted is None else StoredCount(counted, now)


def quota_problem(stored: StoredCount | None, quota_gib: int | None) -> StorageQuotaExceeded | None:
    """Return the reason why no job of a user's may begin that makes files, if there is a reason."""
    if stored is None or quota_gib is None or not stored.is_above(quota_gib):
        return None
    return StorageQuotaExceeded(
        f"You store {stored.bytes / config.GIB:,.1f} GiB, and may store {quota_gib:,} GiB. Delete files or jobs that "
        "you no longer need, and retry this job a minute later."
    )
