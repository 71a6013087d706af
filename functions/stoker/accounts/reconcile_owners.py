"""The reconcile of owners: it starts the deletion of data whose owner has no account, because Auth's event may be
lost."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from firebase_admin import auth
from firebase_functions import logger

from stoker import config
from stoker.accounts import cursor
from stoker.accounts.orphans import delete_orphan
from stoker.accounts.owners_round import MOST_ORPHANS, PLACE, OwnersRound
from stoker.firebase import app
from stoker.logs import log_error


@dataclass
class ReconciledOwners:
    """The result of a reconcile of owners.

    Attributes:
        looked_at: The number of owners that were looked up. An owner may count several times.
        jobs: The ids of the jobs that delete the data of owners without an account.
        spared: The number of owners without an account, if it was so high that nothing was deleted; else 0.
        failed: The uids of owners whose deletion could not be started.
    """

    looked_at: int = 0
    jobs: list[str] = field(default_factory=list)
    spared: int = 0
    failed: list[str] = field(default_factory=list)


def reconcile_owners(now: datetime | None = None, seconds: float = config.RECONCILE_SECONDS) -> ReconciledOwners:
    """Find owners without an account, from where the last run stopped, and start the deletion of their data.

    No deletion starts before the whole run is judged, together with the counts of the round's earlier runs. If too many
    owners have no account, the accounts were probably not restored, so nothing is deleted. The next run begins a new
    round, because the accounts may be back by then.

    Args:
        now: The current time. All runs of one day start at most one job for each user.
        seconds: The time after which the rest is left to the next run.
    """
    until = time.monotonic() + seconds
    now = now or datetime.now(UTC)
    search = OwnersRound.of(cursor.record(PLACE))
    try:
        while not search.is_over and len(search.found) < MOST_ORPHANS:
            search.read_pages(now)
            if time.monotonic() > until:
                break
    except Exception as error:
        # The orphans that were found are not lost. The next run begins with the pages that could not be read.
        log_error("Owners could not be looked up. The next reconcile will go on.", error)
    orphans = sorted(search.found)
    if search.is_suspicious() or (orphans and not has_accounts()):
        _alert(search, orphans)
        cursor.save(PLACE, None)
        return ReconciledOwners(search.looked_at, spared=search.orphans)
    done = delete_orphans(orphans, now)
    done.looked_at = search.looked_at
    search.save()
    return done


def delete_orphans(user_ids: Iterable[str], now: datetime) -> ReconciledOwners:
    """Start the deletion of the data of owners without an account. Owners with an account are left alone.

    Args:
        user_ids: The uids of the owners.
        now: The current time.
    """
    done, day = ReconciledOwners(), now.date().isoformat()
    for uid in user_ids:
        try:
            if job_id := delete_orphan(uid, day):
                done.jobs.append(job_id)
        except Exception as error:
            # An error with one user must not stop the others.
            log_error("A deletion could not be started. The next reconcile will try again.", error, userId=uid)
            done.failed.append(uid)
    return done


def has_accounts() -> bool:
    """Return whether the project has any account at all."""
    return bool(auth.list_users(max_results=1, app=app()).users)


def _alert(search: OwnersRound, orphans: list[str]) -> None:
    logger.error(
        "Too many owners have no account, so nothing was deleted. Were accounts and documents restored apart? If not, "
        "`scripts/accounts orphans` shows the owners, and `scripts/accounts delete-orphans` deletes what they left.",
        event="owners-without-accounts",
        first=orphans[0] if orphans else None,
        last=orphans[-1] if orphans else None,
        orphans=search.orphans,
        owners=search.owners,
    )
