"""The check for a recent sign-in, which every change needs that can't be undone."""

import time
from collections.abc import Mapping
from typing import Any

from stoker.errors import RecentSignInRequired

RECENT_SECONDS = 5 * 60
"""The greatest age of a sign-in, in seconds. Firebase Auth has the same for sensitive changes, and so have our security
rules."""


def check_recent_sign_in(token: Mapping[str, Any]) -> None:
    """Check that a user has signed in recently.

    Otherwise, the caller may be another person who uses an unlocked device.

    Anonymous users pass. They have nothing to sign in with again, and the time of their sign-in never changes.

    Args:
        token: The ID token's claims.

    Raises:
        RecentSignInRequired: The sign-in is too long ago.
    """
    if _is_anonymous(token):
        return
    signed_in = token.get("auth_time")
    if not isinstance(signed_in, int | float) or not time.time() - RECENT_SECONDS <= signed_in <= time.time() + 60:
        raise RecentSignInRequired("Sign in again, and call again within five minutes.")


def _is_anonymous(token: Mapping[str, Any]) -> bool:
    firebase = token.get("firebase")
    return isinstance(firebase, Mapping) and firebase.get("sign_in_provider") == "anonymous"
