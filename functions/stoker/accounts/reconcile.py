"""The reconcile of profiles: each account gets a profile that follows it, because Auth does not report every change."""

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
"""The accounts in a page: the most that Firebase Auth lists at once."""

LOOKED_UP = 100
"""The most accounts that Firebase Auth looks up at once."""

SIGN_UP = timedelta(hours=1)
"""A time longer than any sign-up. The sign-up of a profile that has been provisional for longer is over."""

PLACE = "profiles"


@dataclass
class ReconciledProfiles:
    """The result of a reconcile of profiles.

    Attributes:
        made: The number of profiles that were created, for accounts that had none.
        confirmed: The number of provisional profiles that were confirmed, because their account exists.
        followed: The number of profiles that were updated after a change of their account.
        removed: The number of provisional profiles that were deleted, because their account was never created.
        failed: The uids of accounts whose profiles could not be created or updated.
    """

    made: int = 0
    confirmed: int = 0
    followed: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)


def reconcile_profiles(now: datetime | None = None, seconds: float = config.RECONCILE_SECONDS) -> ReconciledProfiles:
    """Settle provisional profiles, and then check the profile of every account, from where the last run stopped.

    Args:
        now: The current time.
        seconds: The time after which the rest is left to the next run. A run that finds something to write writes at
            least one profile.
    """
    until = time.monotonic() + seconds
    done = ReconciledProfiles()
    _settle_provisional(done, now or datetime.now(UTC), until)
    token = cursor.load(PLACE)
    while True:
        try:
            page = auth.list_users(page_token=token, max_results=ACCOUNTS, app=app())
        except ValueError:
            page = auth.list_users(max_results=ACCOUNTS, app=app())  # The saved token is not valid any more.
        if not _bring_together(page.users, until, done):
            return done  # The next run reads this page again. It finds nothing to write in the profiles that are done.
        token = page.next_page_token or None
        cursor.save(PLACE, token)
        if token is None or time.monotonic() > until:
            return done


def _bring_together(accounts: Sequence[auth.ExportedUserRecord], until: float, done: ReconciledProfiles) -> bool:
    """Create or update the profiles of a page of accounts. Return whether there was time for all."""
    # A locked account may be under deletion. Its user can't sign in, and needs no profile.
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
    """Create a profile, or let it follow its account. Return whether there was anything to write."""
    try:
        if profile is None:
            done.made += ensure_profile(account)
        elif sync_profile(profile, account):
            done.followed += 1
        else:
            return False
    except Conflict:
        pass  # Somebody else has just written the profile. The next reconcile reads it again.
    except Exception as error:
        # An error with one account must not stop the others.
        log_error("A profile is not up to date. The next reconcile will try again.", error, userId=account.user_id)
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
    """Return the uids that have an account.

    Args:
        ids: At most `LOOKED_UP` uids.
    """
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
        return  # Somebody else has just written the profile. The next reconcile reads it again.
    if is_there:
        record_sign_up(profile.id)
        done.confirmed += 1
    else:
        done.removed += 1
