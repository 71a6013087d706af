"""The caller of a function, by the ID token."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firebase_functions.https_fn import CallableRequest

from stoker.access.policy import ROLES as ROLES
from stoker.errors import NotSignedIn, UserIdRefused
from stoker.models.document import is_user_id


@dataclass(frozen=True)
class Caller:
    """A user who is signed in.

    Attributes:
        user_id: The uid.
        role: `user`, `moderator` or `admin`.
        permissions: The permissions in the token, such as `read:own-data`.
    """

    user_id: str
    role: str
    permissions: frozenset[str]


def caller_of(request: CallableRequest[Any]) -> Caller:
    """Return the caller of a function.

    Args:
        request: The call, whose token the SDK has verified.

    Raises:
        NotSignedIn: The call has no valid token.
        UserIdRefused: No document can have the caller's uid.
    """
    token: Mapping[str, Any] = request.auth.token if request.auth is not None else {}
    user_id = request.auth.uid if request.auth is not None else None
    # Tokens of a tenant are refused, because accounts of two tenants may have the same uid. The time is checked here,
    # because the SDK does not check it for the emulator's tokens.
    if not user_id or not _is_later(token.get("exp")) or _tenant(token) is not None:
        raise NotSignedIn("Sign in, and call again.")
    if not is_user_id(user_id):
        raise UserIdRefused(
            "An account with this uid can't be used here. A uid has no slash and no control characters, and is not "
            "'.', '..' or of the form '__x__'. Ask the people who run this app for another account."
        )
    role, permissions = token.get("role"), token.get("permissions")
    return Caller(
        user_id=user_id,
        role=role if role in ROLES else "user",
        permissions=frozenset(permission for permission in permissions if isinstance(permission, str))
        if isinstance(permissions, list)
        else frozenset(),
    )


def _is_later(seconds: object) -> bool:
    return isinstance(seconds, int | float) and seconds > time.time()


def _tenant(token: Mapping[str, Any]) -> object:
    firebase = token.get("firebase")
    return firebase.get("tenant") if isinstance(firebase, Mapping) else None
