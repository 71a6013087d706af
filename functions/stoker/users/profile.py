"""A user's profile: made once, of what the account says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from firebase_admin import auth
from firebase_functions.identity_fn import AuthUserRecord
from google.api_core import exceptions
from google.cloud import firestore
from pydantic import TypeAdapter, ValidationError

from stoker import config
from stoker.access.account import is_alive
from stoker.access.caller import ROLES
from stoker.analytics.record import record_event
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.models.document import UserId
from stoker.models.user import Permission, Url, User

MAX_EMAIL = 320
MAX_NAME = 100


@dataclass(frozen=True)
class Account:
    """What a profile is made of.

    Attributes:
        user_id: The uid.
        email: Anonymous users have none.
        display_name: As the account has it, if it does.
        photo_url: The same.
        claims: Of the account's tokens.
        created_at: When the account was made.
    """

    user_id: str
    email: str | None
    display_name: str | None
    photo_url: str | None
    claims: Mapping[str, Any]
    created_at: datetime


def of_record(record: auth.UserRecord) -> Account:
    """An account as Firebase Auth has it."""
    made = record.user_metadata.creation_timestamp
    created_at = datetime.fromtimestamp(made / 1000, UTC) if made else datetime.now(UTC)
    claims = record.custom_claims or {}
    return Account(record.uid, record.email, record.display_name, record.photo_url, claims, created_at)


def of_event(user: AuthUserRecord) -> Account:
    """An account as a blocking function hears of it."""
    # Firebase gives a time without a zone, in that of the machine.
    created_at = user.metadata.creation_time.astimezone(UTC)
    return Account(user.uid, user.email, user.display_name, user.photo_url, user.custom_claims or {}, created_at)


def new_profile(account: Account) -> User:
    """The profile of an account. What the account has in a form that no profile may have is left out."""
    role, permissions = account.claims.get("role"), account.claims.get("permissions")
    return User(
        id=account.user_id,
        email=email_of(account),
        display_name=(account.display_name or "New User")[:MAX_NAME],
        photo_url=account.photo_url if _is(Url, account.photo_url) else None,
        role=role if role in ROLES else "user",
        permissions=[one for one in permissions if _is(Permission, one)] if isinstance(permissions, list) else [],
        created_at=account.created_at,
        updated_at=datetime.now(UTC),
    )


def create_profile(account: Account, *, provisional: bool = False) -> bool:
    """Makes the profile, if there is none.

    Args:
        account: Of what.
        provisional: Whether the account may yet not come to be.

    Returns:
        Whether there was none.
    """
    stored = {**new_profile(account).to_firestore(), "updatedAt": firestore.SERVER_TIMESTAMP}
    if provisional:
        stored["provisional"] = True
    try:
        reference(account.user_id).create(stored, **patience(reads=False))
    except exceptions.AlreadyExists:
        return False
    return True


def confirm_profile(account: Account) -> Literal["made", "confirmed"] | None:
    """Make the profile if it is missing. Confirm it if it is provisional.

    Args:
        account: Which.

    Returns:
        Whether the profile was made, or was provisional until now; None if it was neither.
    """
    found = reference(account.user_id).get(field_paths=["provisional", "email"], **patience(reads=True))
    if not found.exists:
        return "made" if create_profile(account) else None
    stored = found.to_dict() or {}
    changed: dict[str, Any] = {"provisional": firestore.DELETE_FIELD} if "provisional" in stored else {}
    if stored.get("email") != email_of(account):
        changed["email"] = email_of(account) or firestore.DELETE_FIELD
    if changed:
        try:
            changed["updatedAt"] = firestore.SERVER_TIMESTAMP
            reference(account.user_id).update(changed, **patience(reads=False))
        except exceptions.NotFound:
            return None  # the user has just been deleted
    return "confirmed" if "provisional" in stored else None


def make_profile(account: Account) -> bool:
    """As `confirm_profile`, outside of a sign-in: the account may be deleted at the same time, and then none stays.

    A deletion locks the account before it looks for what there is. So what is made while the account is not yet locked
    will be found; and what is made later is seen here.

    Args:
        account: Which.

    Returns:
        Whether there was no profile, and there is one now.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    match confirm_profile(account):
        case "made":
            return keep_if_alive(account.user_id)
        case "confirmed":
            record_sign_up(account.user_id)
    return False


def keep_if_alive(user_id: str) -> bool:
    """Look at the account once more after its profile was made, and delete the profile if it must not stay.

    Args:
        user_id: The user.

    Returns:
        Whether the profile stays.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    if is_alive(user_id):
        record_sign_up(user_id)
        return True
    reference(user_id).delete(**patience(reads=False))
    return False


def record_sign_up(user_id: str) -> None:
    """Record that a user has signed up. The account must exist. It is recorded once, however often this is called."""
    record_event("user.signed-up", user_id, id="profile")


def is_user_id(user_id: object) -> bool:
    """Whether an account of this uid can have a profile, other documents and files. Admins may choose other uids."""
    return _is(UserId, user_id)


def email_of(account: Account) -> str | None:
    """The address that the profile repeats."""
    return account.email if account.email and len(account.email) <= MAX_EMAIL else None


def reference(user_id: str) -> firestore.DocumentReference:
    """Where a user's profile is."""
    return client().collection(config.USERS).document(user_id)


def _is(kind: Any, value: object) -> bool:
    try:
        _adapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)  # It takes 90 µs to make, and 1 µs to use; a reconcile checks some 100,000 uids.
