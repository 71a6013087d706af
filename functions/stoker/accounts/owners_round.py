"""A round over all owners, which finds owners without an account. A round may take several runs of the reconcile."""

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
"""This number of orphans is never suspicious, because Auth's events are lost now and then."""

FEW = 20
"""This number of orphans is not suspicious if it is at most half of the owners."""

PART = 0.05
"""This share of the owners may be orphans without being suspicious."""

MOST_ORPHANS = 300
"""The number of orphans after which a run reads no further pages. Starting their deletions takes a few minutes."""

YOUNG = timedelta(days=1)
"""The least age of an orphan's oldest data. An account may still be created or restored for younger data."""


@dataclass
class SourceProgress:
    """The progress in a collection or a folder.

    Attributes:
        after: The uid after which the next page begins; None if the last page was read.
        read: The number of owners that were read, without uids that are not valid for an account.
    """

    after: str | None = ""
    read: int = 0


@dataclass
class OwnersRound:
    """The progress and the findings of a round.

    Attributes:
        progress: The progress in each source, by its name. All sources are read at the same time, because within a
            source each owner is a query that needs the result of the query before.
        before: The number of orphans that earlier runs of the round have found.
        found: The uids of the orphans that this run has found: owners with data but without an account.
        looked_at: The number of owners that this run has read. An owner counts once for each source.
    """

    progress: dict[str, SourceProgress]
    before: int = 0
    found: set[str] = field(default_factory=set)
    looked_at: int = 0

    @classmethod
    def begun(cls) -> Self:
        """Begin a round."""
        return cls({source.name: SourceProgress() for source in sources()})

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Return the round that an earlier run has saved. A source that is new since then begins at its start."""
        begun, saved = cls.begun(), record.get("sources") or {}
        known = {name: SourceProgress(**saved[name]) for name in begun.progress if name in saved}
        return cls({**begun.progress, **known}, record.get("orphans", 0))

    def save(self) -> None:
        """Save the progress of the round, for the next run. If the round is over, the next run begins a new round."""
        if self.is_over:
            cursor.save(PLACE, None)
        else:
            saved = {name: asdict(one) for name, one in self.progress.items()}
            cursor.save(PLACE, None, sources=saved, orphans=self.orphans)

    @property
    def is_over(self) -> bool:
        """Return whether all sources were read."""
        return all(one.after is None for one in self.progress.values())

    @property
    def owners(self) -> int:
        """The number of owners in the largest source. No owner counts twice, so the number is never too high."""
        return max(one.read for one in self.progress.values())

    @property
    def orphans(self) -> int:
        """The number of orphans that this run and earlier runs have found."""
        return self.before + len(self.found)

    def read_pages(self, now: datetime) -> None:
        """Read the next page of each source, and look up the accounts of its owners.

        Args:
            now: The current time.
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
        """Return whether there are too many orphans for lost events to be the reason.

        Then accounts are probably missing by mistake, for example after a restore.
        """
        return self.orphans > max(ALWAYS, min(max(FEW, PART * self.owners), self.owners / 2))
