"""What a client is told where a call fails: Firebase's own codes, and ours in `details`."""

from typing import Any

from firebase_functions.https_fn import FunctionsErrorCode, HttpsError

from stoker.errors import (
    AppCheckNeeded,
    EmailDomainRefused,
    InvalidArgument,
    JobNotFound,
    NotAllowed,
    NotSignedIn,
    PermanentError,
    RequestRefused,
    StokerError,
    TooManyCalls,
    TransientError,
    UserIdRefused,
    UserNotFound,
)


def https_error(error: StokerError) -> HttpsError:
    """The error that the client libraries know, with the code that a client may branch on in `details.code`."""
    details: dict[str, Any] = {"code": error.code}
    match error:
        case NotSignedIn() | AppCheckNeeded():
            code = FunctionsErrorCode.UNAUTHENTICATED
        case NotAllowed() | EmailDomainRefused():
            code = FunctionsErrorCode.PERMISSION_DENIED
        case TooManyCalls():
            code = FunctionsErrorCode.RESOURCE_EXHAUSTED
            details["retryAfterSeconds"] = error.retry_after_seconds
        case InvalidArgument():
            code = FunctionsErrorCode.INVALID_ARGUMENT
        case JobNotFound() | UserNotFound():
            code = FunctionsErrorCode.NOT_FOUND
        case RequestRefused() | PermanentError() | UserIdRefused():
            code = FunctionsErrorCode.FAILED_PRECONDITION
        case TransientError() if error.code != "internal":
            code = FunctionsErrorCode.UNAVAILABLE
        case _:
            code = FunctionsErrorCode.INTERNAL
    return HttpsError(code, error.message, details)
