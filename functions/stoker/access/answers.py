"""The answers to failed calls: Firebase's codes, and Stoker's codes in `details`."""

from typing import Any

from firebase_functions.https_fn import FunctionsErrorCode, HttpsError

from stoker.errors import (
    AppCheckNeeded,
    EmailDomainRefused,
    InvalidArgument,
    JobNotFound,
    NotAllowed,
    NotSignedIn,
    PageTokenRefused,
    PermanentError,
    RequestRefused,
    StokerError,
    TooManyCalls,
    TransientError,
    UserIdRefused,
    UserNotFound,
)


def https_error(error: StokerError) -> HttpsError:
    """Return the error that the client libraries understand.

    Its `details.code` is the code on which clients may branch.
    """
    details: dict[str, Any] = {"code": error.code}
    match error:
        case NotSignedIn() | AppCheckNeeded():
            code = FunctionsErrorCode.UNAUTHENTICATED
        case NotAllowed() | EmailDomainRefused():
            code = FunctionsErrorCode.PERMISSION_DENIED
        case TooManyCalls():
            code = FunctionsErrorCode.RESOURCE_EXHAUSTED
            details["retryAfterSeconds"] = error.retry_after_seconds
        case InvalidArgument() | PageTokenRefused():
            code = FunctionsErrorCode.INVALID_ARGUMENT
        case JobNotFound() | UserNotFound():
            code = FunctionsErrorCode.NOT_FOUND
        case RequestRefused() | PermanentError() | UserIdRefused():
            code = FunctionsErrorCode.FAILED_PRECONDITION
        case TransientError() if error.code != "internal":
            code = FunctionsErrorCode.UNAVAILABLE
        case _:
            code = FunctionsErrorCode.INTERNAL
    return HttpsError(code, message_for_caller(error), details)


def message_for_caller(error: StokerError) -> str:
    """Return the message of an error for the caller of a function or a command.

    The caller is advised to try again if that may help. The engine repeats only jobs, and not calls.
    """
    return f"{error.message} Try again in a moment." if isinstance(error, TransientError) else error.message
