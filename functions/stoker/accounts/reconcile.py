"""Accounts and profiles brought together again, page by page: nobody tells us of every account."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from firebase_admin import auth
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker import config
from stoker.accounts import cursor
from stoker.accounts.account_copy import FIELDS, Account, account_of_record
from stoker.accounts.profile import ensure_profile, record_sign_up, sync_profile
from stoker.firebase import app
from stoker.firestore.api_errors import Conflict
from stoker.firestore.deadline import patience
from stoker.firestore.documents import FirestoreDocuments, StoredDocument
from stoker.firestore.writes import Delete, Update
from stoker.logs import log_error
from stoker.models.document import is_user_id
from stoker.queries import declared

ACCOUNTS = 1000
"""Accounts in a page: as many as Firebase Auth lists at once."""

LOOKED_UP = 100
"""Accounts that Firebase Auth looks up at once."""

SIGN_UP = timedelta(hours=1)
"""Longer than any sign-up takes: a profile that is provisional for so long has no other sign-in to wait for."""

PLACE = "profiles"


@dataclass
class ReconciledProfiles:
    """What was done.

    Attributes:
        made: Profiles for accounts that had none.
        confirmed: Provisional profiles whose account is there.
        followed: Profiles in which something of the account has changed.
        removed: Provisional profiles whose account never came to be.
        failed: The uids of accounts whose profiles could not be looked after.
    """

    made: int = 0
    confirmed: int = 0
    followed: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)


def reconcile_profiles(now: datetime | None = None, seconds: float = config.RECONCILE_SECONDS) -> ReconciledProfiles:
    """Look at what is provisional, and then at every account, going on from where the one before has come to.

    Args:
        now: The time to judge by.
        seconds: When to leave the rest to the next one. If there is anything to write, each writes a profile at least.
    """
    until = time.monotonic() + seconds
    done = ReconciledProfiles()
    _settle_provisional(done, now or datetime.now(UTC), until)
    token = cursor.load(PLACE)
    while True:
        try:
            page = auth.list_users(page_token=token, max_results=ACCOUNTS, app=app())
        except ValueError:
            page = auth.list_users(max_results=ACCOUNTS, app=app())  # what was kept leads nowhere any more
        if not _bring_together(page.users, until, done):
            return done  # The next one reads this page again, and finds nothing to write in what is done.
        token = page.next_page_token or None
        cursor.save(PLACE, token)
        if token is None or time.monotonic() > until:
            return done


def _bring_together(accounts: Sequence[auth.ExportedUserRecord], until: float, done: ReconciledProfiles) -> bool:
    """Look at the accounts of a page; return whether there was time for all."""
    # A locked account may be under deletion; its user can't sign in, and needs no profile.
    possible = {one.uid: one for one in accounts if is_user_id(one.uid) and not one.disabled}
    found = FirestoreDocuments().get_all([f"{config.USERS}/{uid}" for uid in possible], FIELDS)
    there = {profile.id: profile for profile in found}
    has_written = False
    for uid, record in possible.items():
        if has_written and time.monotonic() > until:
            return False
        has_written = _bring_up_to_date(there.get(uid), account_of_record(record), done) or has_written
    return True


def _bring_up_to_date(profile: StoredDocument | None, account: Account, done: ReconciledProfiles) -> bool:
    """Make a profile, or let it follow its account; return whether there was anything to write."""
    try:
        if profile is None:
            done.made += ensure_profile(account)
        elif sync_profile(profile, account):
            done.followed += 1
        else:
            return False
    except Conflict:
        pass  # someone has just written it, so that it is looked at next time
    except Exception as error:
        # One account must not keep the others from their profiles.
        log_error("A profile is not up to date; the next reconcile will try again.", error, userId=account.user_id)
        done.failed.append(account.user_id)
    return True


def _settle_provisional(done: ReconciledProfiles, now: datetime, until: float) -> None:
    query = declared.provisional_profiles().select(["provisional"]).limit(LOOKED_UP)
    page = list(query.get(**patience(reads=True)))
    while page and time.monotonic() < until:
        old = [one for one in page if one.create_time is not None and one.create_time < now - SIGN_UP]
        accounts = existing([one.id for one in old])
        for profile in old:
            _settle(profile, profile.id in accounts, done)
        page = list(query.start_after(page[-1]).get(**patience(reads=True))) if len(page) == LOOKED_UP else []


def existing(ids: Sequence[str]) -> set[str]:
    """Return those of at most `LOOKED_UP` uids of which there are accounts."""
    if not ids:
        return set()
    found = auth.get_users([auth.UidIdentifier(uid) for uid in ids], app=app())
    return {account.uid for account in found.users}


def _settle(profile: DocumentSnapshot[Any], is_there: bool, done: ReconciledProfiles) -> None:
    path, read_at = profile.reference.path, profile.update_time
    confirmed = {"provisional": DELETE_FIELD, "updatedAt": SERVER_TIMESTAMP}
    try:
        FirestoreDocuments().commit([Update(path, confirmed, read_at) if is_there else Delete(path, read_at)])
    except Conflict:
        return  # someone has just written it, so that it is looked at next time
    if is_there:
        record_sign_up(profile.id)
        done.confirmed += 1
    else:
        done.removed += 1
