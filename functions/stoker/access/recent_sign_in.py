"""Recent sign-in: asked for by everything that can't be undone."""

import time
from collections.abc import Mapping
from typing import Any

from stoker.errors import RecentSignInRequired

RECENT_SECONDS = 5 * 60
"""The greatest age of a sign-in, in seconds: as Firebase Auth has it for what is sensitive, and our rules have it."""


def check_recent_sign_in(token: Mapping[str, Any]) -> None:
    """Check that the user asks, and not somebody who has found the device unlocked.

    An anonymous user passes. There is nothing to sign in with again, and the time of the sign-in never changes.

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
