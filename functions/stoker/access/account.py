"""A user's account in Firebase Auth."""

from datetime import UTC, datetime
from typing import Any

from firebase_admin import auth

from stoker.firebase import app


def find(user_id: str) -> auth.UserRecord | None:
    """The account, if there is one."""
    try:
        return auth.get_user(user_id, app=app())
    except auth.UserNotFoundError:
        return None


def made_at(account: auth.UserRecord) -> int:
    """Return the time at which an account was made, in milliseconds since 1970: two accounts of a uid differ in it.

    It is 0 if it is not known. It is never None, which stands for no account.
    """
    return int(account.user_metadata.creation_timestamp or 0)


def readable(account: auth.UserRecord) -> dict[str, Any]:
    """What an account says of its user, as JSON. No hash of the password: who has that may try to guess it."""
    times = account.user_metadata
    return {
        "uid": account.uid,
        "email": account.email,
        "emailVerified": account.email_verified,
        "phoneNumber": account.phone_number,
        "displayName": account.display_name,
        "photoURL": account.photo_url,
        "disabled": account.disabled,
        "customClaims": account.custom_claims,
        "providers": [
            {"providerId": one.provider_id, "uid": one.uid, "email": one.email, "displayName": one.display_name}
            for one in account.provider_data
        ],
        "createdAt": _time(times.creation_timestamp),
        "lastSignInAt": _time(times.last_sign_in_timestamp),
    }


def lock(user_id: str) -> None:
    """Lets nobody sign in, and ends the sessions that there are; what has an ID token keeps it for an hour at most."""
    try:
        auth.update_user(user_id, disabled=True, app=app())
        auth.revoke_refresh_tokens(user_id, app=app())
    except auth.UserNotFoundError:
        return  # there is nothing to lock


def unlock(user_id: str) -> None:
    """Lets the user sign in again."""
    try:
        auth.update_user(user_id, disabled=False, app=app())
    except auth.UserNotFoundError:
        return  # the account was deleted meanwhile


def delete(user_id: str) -> None:
    """Deletes the account, if it is there."""
    try:
        auth.delete_user(user_id, app=app())
    except auth.UserNotFoundError:
        return  # an attempt before this one has done it


def _time(milliseconds: int | None) -> str | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat() if milliseconds else None
