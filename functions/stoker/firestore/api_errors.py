"""Errors of Google's services, by what a caller can do about them."""

from google.api_core import exceptions


class Conflict(Exception):
    """A document is not as a conditional write supposed: read the document again. Nothing was changed."""


class DocumentExists(Conflict):
    """A document that a commit was to make exists already. Nothing was changed."""


REFUSED = (exceptions.FailedPrecondition, exceptions.NotFound, exceptions.AlreadyExists)
"""Firestore's answers to a commit of which a condition does not hold.
Source: https://firebase.google.com/docs/firestore/reference/rest/v1/Precondition"""

CONFLICTS = (Conflict, exceptions.Aborted)
"""The errors of a commit if someone else was quicker, or if the commit had arrived before and was sent again. Those of
`REFUSED` are not among them: a read or another service may raise them too, and then they are no conflict."""

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
"""Errors that a later try may not meet again.
Source: https://cloud.google.com/apis/design/errors#error_retries, and HTTP's forms of the same faults."""


def conflict_of(refused: Exception) -> Conflict:
    """Return the conflict that an answer of `REFUSED` to a commit means."""
    kind = DocumentExists if isinstance(refused, exceptions.AlreadyExists) else Conflict
    return kind(str(refused))
