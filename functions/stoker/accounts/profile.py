"""A user's profile: it is created once, and then follows the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore import DELETE_FIELD, SERVER_TIMESTAMP

from stoker import config
from stoker.access.account import is_alive
from stoker.access.caller import ROLES
from stoker.accounts.account_copy import (
    FIELDS,
    Account,
    copied_fields,
    email_of,
    is_valid,
    language_of,
    profile_changes,
)
from stoker.analytics.record import record_event
from stoker.errors import Unavailable
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.firestore.documents import FirestoreDocuments, StoredDocument
from stoker.firestore.optimistic import until_written
from stoker.firestore.writes import Update
from stoker.models.user import CopiedFromAccount, Permission, User


@dataclass(frozen=True)
class ConfirmedProfile:
    """The result of `confirm_profile`.

    Attributes:
        change: `made` if the profile was created, `confirmed` if it was provisional until now; None for neither.
        exceeds_claims: Whether the profile has another role than the account's claims, or a permission that the claims
            do not have.
    """

    change: Literal["made", "confirmed"] | None
    exceeds_claims: bool = False


def new_profile(account: Account) -> dict[str, Any]:
    """Return the fields of a new profile for an account.

    Values of the account that are not valid in a profile are left out. Preferences that are not known yet are left out.

    Args:
        account: The account.
    """
    role, permissions = account.claims.get("role"), account.claims.get("permissions")
    copies, language = copied_fields(account), language_of(account)
    profile = User(
        id=account.user_id,
        email=email_of(account),
        email_verified=account.email_verified,
        display_name=copies["displayName"],
        photo_url=copies["photoURL"],
        from_account=CopiedFromAccount.from_firestore({**copies, "language": language}),
        role=role if role in ROLES else "user",
        permissions=[one for one in permissions if is_valid(Permission, one)] if isinstance(permissions, list) else [],
        created_at=account.created_at,
        updated_at=datetime.now(UTC),
    )
    fields = profile.to_firestore()
    known = {"language": language, "timeZone": account.time_zone}
    preferences = {name: known.get(name, value) for name, value in fields["preferences"].items()}
    fields["preferences"] = {name: value for name, value in preferences.items() if value is not None}
    return {**fields, "updatedAt": SERVER_TIMESTAMP}


def create_profile(account: Account, *, provisional: bool = False) -> bool:
    """Create an account's profile, if there is none.

    Args:
        account: The account.
        provisional: Whether the sign-up is still under way, so that the account may not come to exist.

    Returns:
        Whether the profile was created.
    """
    stored = new_profile(account)
    if provisional:
        stored["provisional"] = True
    try:
        profile_reference(account.user_id).create(stored, **patience(reads=False))
    except exceptions.AlreadyExists:
        return False
    return True


def confirm_profile(account: Account) -> ConfirmedProfile:
    """Create an account's profile, or confirm a provisional profile. Let the profile follow the account.

    Args:
        account: The account.

    Raises:
        Unavailable: All tries were refused, because others wrote the profile at the same time.
    """
    found = _read(account.user_id)
    if found is None:
        if create_profile(account):
            return ConfirmedProfile("made")
        found = _read(account.user_id)  # Somebody else has just created it, perhaps with a role.
    was_provisional = found is not None and "provisional" in found.data

    def read_again() -> None:
        nonlocal found
        found = _read(account.user_id)

    def confirm() -> ConfirmedProfile:
        if found is None:
            return ConfirmedProfile(None)  # The user has just been deleted.
        sync_profile(found, account, {"provisional": DELETE_FIELD} if "provisional" in found.data else {})
        return ConfirmedProfile("confirmed" if was_provisional else None, _exceeds_claims(found, account))

    try:
        return until_written(confirm, read_again=read_again)
    except exceptions.Aborted:
        raise Unavailable(f"The profile of {account.user_id} is written by others all the time.") from None


def sync_profile(profile: StoredDocument, account: Account, more: Mapping[str, Any] | None = None) -> bool:
    """Write the changes of an account into its profile. `updatedAt` stays if only `fromAccount` changes.

    Args:
        profile: The profile as it was read, with all `FIELDS`.
        account: The account, as it is now.
        more: Other fields to write.

    Returns:
        Whether there was anything to write.

    Raises:
        Conflict: Somebody else has written the profile since it was read. Nothing was changed.
    """
    changed = {**profile_changes(profile.data, account), **(more or {})}
    if changed:
        # `fromAccount` is a note for the server. Readers of the profile see no change.
        stamp = {} if changed.keys() == {"fromAccount"} else {"updatedAt": SERVER_TIMESTAMP}
        FirestoreDocuments().commit([Update(profile.path, {**changed, **stamp}, profile.update_time)])
    return bool(changed)


def ensure_profile(account: Account) -> bool:
    """Confirm a profile outside of a sign-in, when a deletion of the account may run at the same time.

    If the account is deleted, no profile stays. A deletion locks the account before it searches for documents. So it
    finds a profile that was created before the lock. A profile that was created later is deleted here.

    Args:
        account: The account.

    Returns:
        Whether the profile was created.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    match confirm_profile(account).change:
        case "made":
            return keep_if_alive(account.user_id)
        case "confirmed":
            record_sign_up(account.user_id)
    return False


def keep_if_alive(user_id: str) -> bool:
    """Check the account once more after its profile was created. Delete the profile if the account is gone or locked.

    Args:
        user_id: The uid of the user.

    Returns:
        Whether the profile stays.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    if is_alive(user_id):
        record_sign_up(user_id)
        return True
    profile_reference(user_id).delete(**patience(reads=False))
    return False


def record_sign_up(user_id: str) -> None:
    """Record a user's sign-up as an event. Further calls for the same user change nothing.

    Args:
        user_id: The uid of an account that exists.
    """
    record_event("user.signed-up", user_id, id="profile")


def profile_reference(user_id: str) -> firestore.DocumentReference:
    """Return the reference of a user's profile."""
    return client().collection(config.USERS).document(user_id)


def _read(user_id: str) -> StoredDocument | None:
    return FirestoreDocuments().get(f"{config.USERS}/{user_id}", ("provisional", "role", "permissions", *FIELDS))


def _exceeds_claims(profile: StoredDocument, account: Account) -> bool:
    permissions = account.claims.get("permissions")
    known = permissions if isinstance(permissions, list) else []
    named = profile.data.get("permissions") or []
    return profile.data.get("role", "user") != account.claims.get("role", "user") or any(
        one not in known for one in named
    )
