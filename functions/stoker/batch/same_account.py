"""An account may be made again under the same uid. The deletion of the old account does not touch the new account."""

from firebase_admin import auth

from stoker.access import account
from stoker.errors import JobCancelled


def find_same_account(user_id: str, account_made: int | None) -> auth.UserRecord | None:
    """Return the account that is to be deleted, if it still exists. Stop the deletion if the uid has another account.

    It runs between the search for documents and their deletion. While there was no other account, nobody could write
    the documents as the new user. So all that is deleted was the old user's.

    Args:
        user_id: The user.
        account_made: The time at which the account was made, in milliseconds since 1970; None if there was no account
            when the deletion began.

    Raises:
        JobCancelled: The uid has another account.
    """
    found = account.find(user_id)
    if found is not None and account.made_at(found) != account_made:
        raise JobCancelled("An account with this uid was made again, so its data stays.")
    return found
