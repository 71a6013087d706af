"""A user's account in Firebase Auth.

Every function here that calls Firebase Auth raises `Unavailable` if Firebase Auth does not answer.
"""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from firebase_admin import auth, exceptions

from stoker.errors import Unavailable, UserNotFound
from stoker.firebase import app
from stoker.logs import log_error

NO_ANSWER = (
    exceptions.UnavailableError,
    exceptions.DeadlineExceededError,
    exceptions.ResourceExhaustedError,
    exceptions.InternalError,
    exceptions.UnknownError,
)
"""The errors of the SDK that mean that Firebase Auth did not answer."""


def get(user_id: str) -> auth.UserRecord:
    """Read an account.

    Raises:
        UserNotFound: There is no such account.
    """
    with _own_errors():
        return auth.get_user(user_id, app=app())


def find(user_id: str) -> auth.UserRecord | None:
    """Read an account; return None if there is no such account."""
    try:
        return get(user_id)
    except UserNotFound:
        return None


def is_alive(user_id: str) -> bool:
    """Return whether an account exists and is not locked."""
    found = find(user_id)
    return found is not None and not found.disabled


def made_at(account: auth.UserRecord) -> int:
    """Return the time at which an account was made, in milliseconds since 1970; 0 if that is not known.

    Two accounts that had the same uid differ in this time. It is never None, because None stands for no account.
    """
    return int(account.user_metadata.creation_timestamp or 0)


def readable(account: auth.UserRecord) -> dict[str, Any]:
    """Return the data of an account as JSON.

    The hash of the password is left out, because it would help to guess the password.
    """
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
            {
                "providerId": provider.provider_id,
                "uid": provider.uid,
                "email": provider.email,
                "displayName": provider.display_name,
            }
            for provider in account.provider_data
        ],
        "createdAt": _time(times.creation_timestamp),
        "lastSignInAt": _time(times.last_sign_in_timestamp),
    }


def lock(user_id: str) -> None:
    """Lock an account, if it exists, and end its sessions. Its ID tokens stay valid for up to an hour."""
    with contextlib.suppress(UserNotFound), _own_errors():
        auth.update_user(user_id, disabled=True, app=app())
        auth.revoke_refresh_tokens(user_id, app=app())


def unlock(user_id: str) -> None:
    """Unlock an account, if it exists, so that its user can sign in again."""
    with contextlib.suppress(UserNotFound), _own_errors():
        auth.update_user(user_id, disabled=False, app=app())


def set_claims(user_id: str, claims: Mapping[str, Any]) -> None:
    """Set the custom claims of an account. They are in every ID token that is issued from now on.

    Raises:
        UserNotFound: There is no such account.
    """
    with _own_errors():
        auth.set_custom_user_claims(user_id, dict(claims), app=app())


def delete(user_id: str) -> None:
    """Delete an account, if it exists."""
    with contextlib.suppress(UserNotFound), _own_errors():
        auth.delete_user(user_id, app=app())


@contextlib.contextmanager
def _own_errors() -> Iterator[None]:
    """Raise Stoker's errors instead of Firebase Auth's.

    Raises:
        UserNotFound: There is no such account.
        Unavailable: Firebase Auth did not answer.
    """
    try:
        yield
    except auth.UserNotFoundError:
        raise UserNotFound("There is no such user. Check the uid or the e-mail address.") from None
    except NO_ANSWER as error:
        # For the caller, a used-up quota and a broken network are the same. The log has the difference.
        log_error("Firebase Auth did not answer.", error)
        raise Unavailable("Firebase Auth did not answer.") from error


def _time(milliseconds: int | None) -> str | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat() if milliseconds else None
