"""Blocking functions: they run before an account is made, and before a user signs in.

An error on our side never blocks a sign-up.

Auth waits 7 s, and a function that fails, fails the sign-up. So all that is done here is done within `SECONDS`, and
what could not be done is repaired at the next sign-in, by `ensureProfile`, or by the reconcile.
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
"""In all. With a cold start it still fits into the 7 s."""

WRITE_SECONDS = 2.0
"""For the profile, all tries included."""


def before_created(event: AuthBlockingEvent) -> BeforeCreateResponse:
    """Make the profile, and gives the account the role of a user.

    The profile is provisional: the account may yet not come to be. So the sign-up is recorded later.

    Args:
        event: The sign-up.

    Raises:
        HttpsError: An admin wants no sign-ups from the e-mail address's domain. Nothing else refuses a sign-up.
    """

    def welcome() -> None:
        check_domain(event.data.email)
        with deadline(WRITE_SECONDS):
            create_profile(account_of_event(event.data, event.locale), provisional=True)

    _attempt(event, welcome)
    return {"custom_claims": _with_role(event)}


def before_signed_in(event: AuthBlockingEvent) -> BeforeSignInResponse | None:
    """Make a profile that is missing, confirms one that is provisional, and lets it follow the account.

    An account whose claims name no role gets the role of a user: an anonymous one that was linked, or one that an
    admin has made. For these, `before_created` was not called. If the profile names more than the claims, an admin has
    given a role since Auth read the claims. Then they stay as the admin has written them.

    Args:
        event: The sign-in.
    """
    if not is_user_id(event.data.uid):
        return None  # An admin chose a uid that no document can have.

    def greet() -> bool:
        account = account_of_event(event.data, event.locale)
        with deadline(WRITE_SECONDS):
            profile = confirm_profile(account)
        if profile.change:
            record_sign_up(account.user_id)
        return profile.exceeds_claims

    claims = _with_role(event)
    if _attempt(event, greet) or claims == event.data.custom_claims:
        return None
    return {"custom_claims": claims}


def _with_role(event: AuthBlockingEvent) -> dict[str, Any]:
    return {"role": "user", **(event.data.custom_claims or {})}


def _attempt(event: AuthBlockingEvent, work: Callable[[], Result]) -> Result | None:
    """Return the result of some work; None if it failed."""
    try:
        # Work that comes too late does no harm: a profile is made once.
        return within(SECONDS, work)
    except EmailDomainRefused as error:
        raise https_error(error) from None
    except Exception as error:
        # Whoever signs up must not pay for our trouble; the profile is repaired later.
        log_error("A profile could not be looked after; it will be later.", error, userId=event.data.uid)
        return None
