"""Round: goes over all owners, page by page, and finds those that have no account. It may take several runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from stoker import config
from stoker.users import cursor
from stoker.users.orphans import needs_deletion
from stoker.users.owners import sources
from stoker.users.profile import is_user_id
from stoker.users.reconcile import existing

PLACE = "owners"

ALWAYS = 3
"""So many orphans are never suspicious. Events of Auth are lost now and then."""

FEW = 20
"""So many orphans are not suspicious if they are at most half of the owners."""

PART = 0.05
"""This part of the owners may be orphans."""

MOST_ORPHANS = 300
"""Orphans after which a run reads no further page: their deletions take a few minutes to start."""

YOUNG = timedelta(days=1)
"""An owner is no orphan before the oldest thing found is so old: the account may yet be made, or be restored."""


@dataclass
class OwnersRound:
    """How far a round has come, and what it has found.

    Attributes:
        source: The name of the collection or the folder that is read next; None if the round is over.
        after: The uid behind which the next page begins.
        read: Owners of this source that were read.
        owners: Owners of the largest source. It counts nobody twice, and so is never too high.
        before: Orphans that earlier runs of the round have found.
        found: The uids of the orphans that this run has found: owners with data and without an account.
        looked_at: Owners that this run has read. An owner counts once for each source.
    """

    source: str | None
    after: str = ""
    read: int = 0
    owners: int = 0
    before: int = 0
    found: set[str] = field(default_factory=set)
    looked_at: int = 0

    @classmethod
    def begun(cls) -> Self:
        """Return a round at its beginning."""
        return cls(sources()[0].name)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Return the round that a run has saved. A source that is gone means the beginning."""
        source, _, after = str(record.get("after") or "").partition("/")
        if source not in [one.name for one in sources()]:
            return cls.begun()
        read, owners, orphans = (int(record.get(name, 0)) for name in ("read", "owners", "orphans"))
        return cls(source, after, read, owners, orphans)

    def save(self) -> None:
        """Save how far the round has come. The next run goes on from there, or begins again if the round is over."""
        if self.source is None:
            cursor.save(PLACE, None)
        else:
            counts = {"read": self.read, "owners": self.owners, "orphans": self.orphans}
            cursor.save(PLACE, f"{self.source}/{self.after}", **counts)

    @property
    def orphans(self) -> int:
        """Orphans that this run and earlier runs have found."""
        return self.before + len(self.found)

    def read_page(self, now: datetime) -> None:
        """Read the next page of owners, and look their accounts up.

        Args:
            now: The time to judge by.
        """
        places = sources()
        index = [one.name for one in places].index(str(self.source))
        page = places[index].page(self.after)
        users = [uid for uid in page.uids if is_user_id(uid) and uid not in config.kept_owners()]
        there = existing(users)
        missing = [uid for uid in users if uid not in there and uid not in self.found]
        self.found |= {uid for uid in missing if needs_deletion(uid, now - YOUNG)}
        self.looked_at += len(page.uids)
        self.read += len(users)
        self.owners = max(self.owners, self.read)
        if page.after is not None:
            self.after = page.after
        else:
            self.source = places[index + 1].name if index + 1 < len(places) else None
            self.after, self.read = "", 0

    def is_suspicious(self) -> bool:
        """Return whether so many owners have no account that the accounts are missing, and not their events."""
        return self.orphans > max(ALWAYS, min(max(FEW, PART * self.owners), self.owners / 2))
