"""Owners whose account is gone, found page by page: the event of a deletion may be lost."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from firebase_admin import auth
from firebase_functions import logger

from stoker import config
from stoker.firebase import app
from stoker.logs import log_error
from stoker.users import cursor
from stoker.users.orphans import delete_orphan
from stoker.users.owners import OwnersPage, sources
from stoker.users.profile import is_user_id
from stoker.users.reconcile import existing

OWNERS = 20_000
"""Owners that a reconcile looks at. An owner counts once for each collection and each folder: one read each."""

SUSPICIOUS = 20
"""If so many owners are looked up at once and none has an account, then the accounts are missing, and not events."""

PLACE = "owners"


@dataclass
class ReconciledOwners:
    """The result of a reconcile.

    Attributes:
        looked_at: Owners that were looked up; an owner may count several times.
        jobs: The ids of the jobs that delete what is left of owners without an account.
        spared: Owners without an account whose page was suspicious, so that nothing was done.
        failed: The uids of owners whose deletion could not be started.
    """

    looked_at: int = 0
    jobs: list[str] = field(default_factory=list)
    spared: int = 0
    failed: list[str] = field(default_factory=list)


def reconcile_owners(now: datetime | None = None, seconds: float = config.RECONCILE_SECONDS) -> ReconciledOwners:
    """Look for owners without an account, from where the last reconcile stopped, and start their deletion.

    Args:
        now: The time. Reconciles of one day start at most one job for each user.
        seconds: When to leave the rest to the next reconcile.
    """
    until = time.monotonic() + seconds
    day = (now or datetime.now(UTC)).date().isoformat()
    done = ReconciledOwners()
    places = sources()
    names = [source.name for source in places]
    index, after = _load(names)
    while index < len(places):
        page = places[index].page(after)
        _delete_orphans(page, day, done)
        index, after = (index, page.after) if page.after is not None else (index + 1, "")
        cursor.save(PLACE, f"{names[index]}/{after}" if index < len(names) else None)
        if time.monotonic() > until or done.looked_at >= OWNERS:
            break
    return done


def _load(names: list[str]) -> tuple[int, str]:
    """Return the source and the uid behind which to go on. A source that is gone means the beginning."""
    name, _, after = (cursor.load(PLACE) or "").partition("/")
    return (names.index(name), after) if name in names else (0, "")


def _has_accounts() -> bool:
    """Whether the project has any account at all."""
    return bool(auth.list_users(max_results=1, app=app()).users)


def _delete_orphans(page: OwnersPage, day: str, done: ReconciledOwners) -> None:
    users = [uid for uid in page.uids if is_user_id(uid)]
    there = existing(users)
    missing = [uid for uid in users if uid not in there]
    done.looked_at += len(page.uids)
    if missing and not there and (len(missing) >= SUSPICIOUS or not _has_accounts()):
        done.spared += len(missing)
        logger.error(
            "None of these owners has an account, so nothing was deleted. Were accounts and documents restored apart?",
            event="owners-without-accounts",
            first=missing[0],
            last=missing[-1],
            owners=len(missing),
        )
        return
    for uid in missing:
        try:
            if job_id := delete_orphan(uid, day):
                done.jobs.append(job_id)
        except Exception as error:
            # One user must not keep the others from their deletion.
            log_error("A deletion could not be started; the next reconcile will try again.", error, userId=uid)
            done.failed.append(uid)
