"""A user's account in Firebase Auth.

Every function here that asks Firebase Auth raises `Unavailable` if Firebase Auth does not answer.
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


def get(user_id: str) -> auth.UserRecord:
    """Return an account.

    Raises:
        UserNotFound: There is no such account.
    """
    with _own_errors():
        return auth.get_user(user_id, app=app())


def find(user_id: str) -> auth.UserRecord | None:
    """Return an account; None if there is no such account."""
    try:
        return get(user_id)
    except UserNotFound:
        return None


def is_alive(user_id: str) -> bool:
    """Return whether there is such an account, and it is not locked."""
    found = find(user_id)
    return found is not None and not found.disabled


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
    """Lock an account, if it exists, and end its sessions. An ID token stays valid for an hour at most."""
    with contextlib.suppress(UserNotFound), _own_errors():
        auth.update_user(user_id, disabled=True, app=app())
        auth.revoke_refresh_tokens(user_id, app=app())


def unlock(user_id: str) -> None:
    """Let a user sign in again, if the account exists."""
    with contextlib.suppress(UserNotFound), _own_errors():
        auth.update_user(user_id, disabled=False, app=app())


def set_claims(user_id: str, claims: Mapping[str, Any]) -> None:
    """Write the claims of an account's next tokens.

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
        # A quota that is used up looks like a broken network to the caller, but not in the log.
        log_error("Firebase Auth did not answer.", error)
        raise Unavailable("Firebase Auth did not answer. Try again in a moment.") from error


def _time(milliseconds: int | None) -> str | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat() if milliseconds else None
