"""The users that a command line names, each by the uid or by the e-mail address."""

from firebase_admin import auth

from stoker.firebase import app
from stoker_tools.cli.text import clean
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode

MAX_UID = 128
"""The most characters of a uid. Source: https://firebase.google.com/docs/auth/admin/manage-users#create_a_user"""

MAX_EMAIL = 320
"""The most characters of an e-mail address. Source: https://datatracker.ietf.org/doc/html/rfc3696"""


def uid_of(user: str) -> str:
    """Return the uid of a user. An account with this uid need not exist.

    Args:
        user: A uid or an e-mail address.

    Raises:
        CommandError: No account can have this uid, or no account has this e-mail address.
    """
    is_email = "@" in user
    if not 0 < len(user) <= (MAX_EMAIL if is_email else MAX_UID) or "/" in user:
        raise no_user(user)
    if not is_email:
        return user
    try:
        return str(auth.get_user_by_email(user, app=app()).uid)
    except (auth.UserNotFoundError, ValueError):
        raise no_user(user) from None


def no_user(user: str) -> CommandError:
    """Return the error for a user that does not exist."""
    return CommandError(
        f"There is no user {clean(user, 100)!r}. Name a user by uid or e-mail address.", ExitCode.NOTHING_THERE
    )
