"""The check that an account is still the same account. A new account may have been made under the same uid.

The deletion of the old account must not touch the new account or its data.
"""

from firebase_admin import auth

from stoker.access import account
from stoker.errors import JobCancelled


def find_same_account(user_id: str, account_made: int | None) -> auth.UserRecord | None:
    """Return the account that is to be deleted; None if it is gone. Stop the deletion if the uid has a new account.

    Call it between the search for documents and their deletion. As long as there is no new account, no new user can
    have written the documents. So the documents that were found are the old user's.

    Args:
        user_id: The uid of the user.
        account_made: The time at which the account was created, in milliseconds since 1970; None if there was no
            account when the deletion began.

    Raises:
        JobCancelled: The uid has a new account.
    """
    found = account.find(user_id)
    if found is not None and account.made_at(found) != account_made:
        raise JobCancelled("An account with this uid was made again, so its data stays.")
    return found
