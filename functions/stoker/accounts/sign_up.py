"""Blocking functions, which run before an account is created and before a user signs in.

Only a refused domain blocks a sign-up. An error on our side never does.

Auth waits 7 s. If the function takes longer or fails, the sign-up fails. So these functions give up after `SECONDS`.
The next sign-in, `ensureProfile` or the reconcile does what they could not do.
Source: https://firebase.google.com/docs/auth/extend-with-blocking-functions
"""

from collections.abc import Callable
from typing import Any, TypeVar

from firebase_functions.identity_fn import AuthBlockingEvent, BeforeCreateResponse, BeforeSignInResponse

from stoker.access.answers import https_error
from stoker.accounts.account_copy import account_of_event
from stoker.accounts.domains import check_domain
from stoker.accounts.profile import confirm_profile, create_profile, record_sign_up
from stoker.errors import EmailDomainRefused
from stoker.firestore.deadline import deadline
from stoker.host import within
from stoker.logs import log_error
from stoker.models.document import is_user_id

Result = TypeVar("Result")

SECONDS = 3.0
"""The longest time of all work of a function, in seconds. With a cold start, it still fits into the 7 s."""

WRITE_SECONDS = 2.0
"""The longest time for writing the profile, in seconds, with all tries."""


def before_created(event: AuthBlockingEvent) -> BeforeCreateResponse:
    """Create a provisional profile, and give the new account the role `user`.

    The profile is provisional because the account may not come to exist. So the sign-up is recorded later.

    Args:
        event: The sign-up.

    Raises:
        HttpsError: The settings block the domain of the e-mail address. Nothing else blocks a sign-up.
    """

    def create() -> None:
        check_domain(event.data.email)
        with deadline(WRITE_SECONDS):
            create_profile(account_of_event(event.data, event.locale), provisional=True)

    _attempt(event, create)
    return {"custom_claims": _with_role(event)}


def before_signed_in(event: AuthBlockingEvent) -> BeforeSignInResponse | None:
    """Create the profile if it is missing, or confirm it if it is provisional. Let it follow the account.

    An account without a role gets the role `user`. Such an account was anonymous and is linked now, or an admin has
    created it; in both cases Auth did not call `before_created`. If the profile has a role or a permission that the
    claims do not have, an admin has set it since Auth read the claims. Then the claims stay as the admin has written
    them.

    Args:
        event: The sign-in.

    Returns:
        The account's new claims; None to leave them as they are.
    """
    if not is_user_id(event.data.uid):
        return None  # An admin chose a uid that is not valid as the id of a document.

    def confirm() -> bool:
        account = account_of_event(event.data, event.locale)
        with deadline(WRITE_SECONDS):
            profile = confirm_profile(account)
        if profile.change:
            record_sign_up(account.user_id)
        return profile.exceeds_claims

    claims = _with_role(event)
    if _attempt(event, confirm) or claims == event.data.custom_claims:
        return None
    return {"custom_claims": claims}


def _with_role(event: AuthBlockingEvent) -> dict[str, Any]:
    return {"role": "user", **(event.data.custom_claims or {})}


def _attempt(event: AuthBlockingEvent, work: Callable[[], Result]) -> Result | None:
    """Return the result of some work; None if it failed."""
    try:
        # Work that goes on after the limit does no harm, because a profile is created only once.
        return within(SECONDS, work)
    except EmailDomainRefused as error:
        raise https_error(error) from None
    except Exception as error:
        # An error on our side must not block the sign-up. The profile is repaired later.
        log_error("A profile could not be created or updated. It will be repaired later.", error, userId=event.data.uid)
        return None
