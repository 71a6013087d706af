"""The answers to failed calls: Firebase's codes, and Stoker's codes in `details`."""

from typing import Any

from firebase_functions.https_fn import FunctionsErrorCode, HttpsError

from stoker.errors import (
    AppCheckNeeded,
    EmailDomainRefused,
    InvalidArgument,
    JobNotFound,
    KeyringDamaged,
    NotAllowed,
    NotSignedIn,
    PageTokenRefused,
    PermanentError,
    PositionTooLong,
    QueryNotDeclared,
    RequestRefused,
    StokerError,
    TooManyCalls,
    TransientError,
    UserIdRefused,
    UserNotFound,
)

NOT_SET_UP = "The app is not set up for this call. Its operator finds the reason in the log."

NOT_FOR_CALLERS = (KeyringDamaged, QueryNotDeclared, PositionTooLong)
"""The errors that the operator of the app must mend. Their messages name internals, so only the log has them."""


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
        case KeyringDamaged() | QueryNotDeclared() | PositionTooLong():
            code = FunctionsErrorCode.INTERNAL
        case RequestRefused() | PermanentError() | UserIdRefused():
            code = FunctionsErrorCode.FAILED_PRECONDITION
        case TransientError() if error.code != "internal":
            code = FunctionsErrorCode.UNAVAILABLE
        case _:
            code = FunctionsErrorCode.INTERNAL
    message = NOT_SET_UP if isinstance(error, NOT_FOR_CALLERS) else message_for_caller(error)
    return HttpsError(code, message, details)


def message_for_caller(error: StokerError) -> str:
    """Return the message of an error for the caller of a function or a command.

    The caller is advised to try again if that may help. The engine repeats only jobs, and not calls.
    """
    return f"{error.message} Try again in a moment." if isinstance(error, TransientError) else error.message
