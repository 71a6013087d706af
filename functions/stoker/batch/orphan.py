"""The deletion of what is left of a user whose account is gone: an account that is made again must lose nothing."""

from stoker.access import account
from stoker.errors import JobCancelled
from stoker.models.deletion import spares_accounts


def check_no_account(job_id: str, user_id: str) -> None:
    """Stop the deletion of an orphan's data if an account of the same uid is there now. Other deletions go on.

    It runs between the search for documents and their deletion. While there was no account, nobody could write them
    as the new user. So whatever is deleted was the old user's.

    Args:
        job_id: The deletion's id.
        user_id: The user.

    Raises:
        JobCancelled: There is an account.
    """
    if spares_accounts(job_id) and account.find(user_id) is not None:
        raise JobCancelled("An account with this uid was made again, so its data stays.")
