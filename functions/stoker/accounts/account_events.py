"""An account was made or deleted, as Firebase Auth reports it afterwards: twice, late, or in the wrong order."""

from stoker.access import account, departure
from stoker.access.auth_events import AuthUserEvent
from stoker.accounts.account_copy import account_of_record
from stoker.accounts.orphans import delete_orphan
from stoker.accounts.profile import ensure_profile
from stoker.errors import UserNotFound
from stoker.models.document import is_user_id


def account_created(event: AuthUserEvent) -> None:
    """Make the profile of an account, and record the sign-up.

    The account is looked up, because it may have been deleted since.

    Args:
        event: The event.

    Raises:
        Unavailable: Firebase Auth did not answer.
    """
    if not is_user_id(event.user_id):
        return  # An admin chose a uid that no document can have.
    try:
        record = account.get(event.user_id)
    except UserNotFound:
        return  # The account was deleted again.
    departure.forget_earlier_account(event.user_id)
    if not record.disabled:
        ensure_profile(account_of_record(record))


def account_deleted(event: AuthUserEvent) -> None:
    """Delete all that is left of a user whose account is gone.

    Args:
        event: The event.

    Raises:
        Unavailable: Firebase Auth or Firestore did not answer.
    """
    delete_orphan(event.user_id, event.id)
