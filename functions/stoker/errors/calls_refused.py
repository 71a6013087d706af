"""The errors of a client's call that is refused."""

from stoker.errors.stoker_error import StokerError


class CallRefused(StokerError):
    """A client's call that is refused before the function runs, or because of its arguments."""


class NotSignedIn(CallRefused):
    """A call without a valid ID token. Sign in, and call again."""

    code = "unauthenticated"


class AppCheckNeeded(CallRefused):
    """A call without a valid token of Firebase App Check. Call from the app itself."""

    code = "app-check-required"


class NotAllowed(CallRefused):
    """A call whose caller lacks the role or a permission."""

    code = "permission-denied"


class UserIdRefused(CallRefused):
    """An account whose uid no document can have as its id.

    An admin has chosen the uid: Firebase Auth draws no such uid.
    """

    code = "user-id-refused"


class EmailDomainRefused(CallRefused):
    """A sign-up with an e-mail address from a domain that an admin refuses. Use another address."""

    code = "email-domain-refused"


class TooManyCalls(CallRefused):
    """A call of a user who has made too many calls in this minute.

    Args:
        message: A sentence for the user.
        retry_after_seconds: Seconds until the next call may pass.
    """

    code = "too-many-calls"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class InvalidArgument(CallRefused):
    """Arguments that do not have the form that the function takes. The message names the form."""

    code = "invalid-argument"
