"""The kinds of errors of Google's services: conflicts, and transient errors."""

from google.api_core import exceptions


class Conflict(Exception):
    """The refusal of a commit because a condition of a write does not hold.

    Nothing was written. Read the document again.
    """


class DocumentExists(Conflict):
    """The refusal of a commit because a document that it creates exists already. Nothing was written."""


REFUSED = (exceptions.FailedPrecondition, exceptions.NotFound, exceptions.AlreadyExists)
"""The errors with which Firestore refuses a commit of which a condition does not hold.
Source: https://firebase.google.com/docs/firestore/reference/rest/v1/Precondition"""

CONFLICTS = (Conflict, exceptions.Aborted)
"""The errors of a commit after another writer's commit, or after its own first try whose answer was lost.

The errors of `REFUSED` are not among them: a read or another service may raise those too, without any conflict.
"""

TRANSIENT = (
    exceptions.Aborted,
    exceptions.Cancelled,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.RetryError,
    exceptions.ServiceUnavailable,
    exceptions.TooManyRequests,
    exceptions.BadGateway,
    exceptions.GatewayTimeout,
    exceptions.Unknown,
    ConnectionError,
)
"""The errors that a later try may not meet.
Source: https://cloud.google.com/apis/design/errors#error_retries, and the HTTP errors for the same faults."""


def conflict_of(refused: Exception) -> Conflict:
    """Return the conflict for an error of `REFUSED` that a commit has raised."""
    kind = DocumentExists if isinstance(refused, exceptions.AlreadyExists) else Conflict
    return kind(str(refused))
