"""Reactions to Firebase Auth's events of created and deleted accounts. Events may come twice, late, or in the wrong
order."""

from stoker.access import account, departure
from stoker.access.auth_events import AuthUserEvent
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.orphans import delete_orphan
from stoker.accounts.profile import ensure_profile
from stoker.errors import UserNotFound
from stoker.models.document import is_user_id


def account_created(event: AuthUserEvent) -> None:
    """Create the profile of an account, and record the sign-up.

    The account is looked up first, because it may have been deleted since.

    Args:
        event: The event.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    if not is_user_id(event.user_id):
        return  # An admin chose a uid that is not valid as the id of a document.
    try:
        record = account.get(event.user_id)
    except UserNotFound:
        return  # The account was deleted since.
    departure.forget_earlier_account(event.user_id)
    if not record.disabled:
        ensure_profile(account_of_record(record))


def account_deleted(event: AuthUserEvent) -> None:
    """Delete the remaining data of a user whose account is gone.

    Args:
        event: The event.

    Raises:
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    delete_orphan(event.user_id, event.id)
