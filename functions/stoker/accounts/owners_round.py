"""Round: goes over all owners, page by page, and finds those that have no account. It may take several runs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from stoker import config
from stoker.accounts import cursor
from stoker.accounts.orphans import needs_deletion
from stoker.accounts.owners import OwnersPage, sources
from stoker.accounts.reconcile import existing
from stoker.models.document import is_user_id

PLACE = "owners"

ALWAYS = 3
"""So many orphans are never suspicious. Events of Auth are lost now and then."""

FEW = 20
"""So many orphans are not suspicious if they are at most half of the owners."""

PART = 0.05
"""This part of the owners may be orphans."""

MOST_ORPHANS = 300
"""Orphans after which a run reads no further pages: their deletions take a few minutes to start."""

YOUNG = timedelta(days=1)
"""An owner is no orphan before the oldest thing found is so old: the account may yet be made, or be restored."""


@dataclass
class SourceProgress:
    """How far a collection or a folder was read.

    Attributes:
        after: The uid behind which the next page begins; None if the last page was read.
        read: Owners that were read, without those that can have no account.
    """

    after: str | None = ""
    read: int = 0


@dataclass
class OwnersRound:
    """How far a round has come, and what it has found.

    Attributes:
        progress: How far each source was read, by its name. All sources are read at the same time, because each owner
            is a query, which waits for the one before.
        before: Orphans that earlier runs of the round have found.
        found: The uids of the orphans that this run has found: owners with data and without an account.
        looked_at: Owners that this run has read. An owner counts once for each source.
    """

    progress: dict[str, SourceProgress]
    before: int = 0
    found: set[str] = field(default_factory=set)
    looked_at: int = 0

    @classmethod
    def begun(cls) -> Self:
        """Return a round at its beginning."""
        return cls({source.name: SourceProgress() for source in sources()})

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Return the round that a run has saved. A source that it does not name is read from the beginning."""
        begun, saved = cls.begun(), record.get("sources") or {}
        known = {name: SourceProgress(**saved[name]) for name in begun.progress if name in saved}
        return cls({**begun.progress, **known}, record.get("orphans", 0))

    def save(self) -> None:
        """Save how far the round has come. The next run goes on from there, or begins again if the round is over."""
        if self.is_over:
            cursor.save(PLACE, None)
        else:
            saved = {name: asdict(one) for name, one in self.progress.items()}
            cursor.save(PLACE, None, sources=saved, orphans=self.orphans)

    @property
    def is_over(self) -> bool:
        """Whether all sources were read."""
        return all(one.after is None for one in self.progress.values())

    @property
    def owners(self) -> int:
        """Owners of the largest source. This counts nobody twice, and so is never too high."""
        return max(one.read for one in self.progress.values())

    @property
    def orphans(self) -> int:
        """Orphans that this run and earlier runs have found."""
        return self.before + len(self.found)

    def read_pages(self, now: datetime) -> None:
        """Read the next page of each source, and look the accounts of its owners up.

        Args:
            now: The time to judge by.
        """
        rest = [(one, after) for one in sources() if (after := self.progress[one.name].after) is not None]
        with ThreadPoolExecutor(len(rest)) as pool:
            for (source, _), page in zip(rest, pool.map(lambda one: one[0].page(one[1]), rest), strict=True):
                users = self._look_up(page, now)
                progress = self.progress[source.name]
                progress.after, progress.read = page.after, progress.read + users

    def _look_up(self, page: OwnersPage, now: datetime) -> int:
        users = [uid for uid in page.uids if is_user_id(uid) and uid not in config.kept_owners()]
        there = existing(users)
        missing = [uid for uid in users if uid not in there and uid not in self.found]
        self.found |= {uid for uid in missing if needs_deletion(uid, now - YOUNG)}
        self.looked_at += len(page.uids)
        return len(users)

    def is_suspicious(self) -> bool:
        """Return whether so many owners have no account that the accounts are missing, and not their events."""
        return self.orphans > max(ALWAYS, min(max(FEW, PART * self.owners), self.owners / 2))
