"""Errors of Google's services, by what a caller can do about them."""

from google.api_core import exceptions


class Conflict(Exception):
    """A document is not as a conditional write supposed: read the document again. Nothing was changed."""


CONFLICTS = (
    Conflict,
    exceptions.FailedPrecondition,
    exceptions.NotFound,
    exceptions.AlreadyExists,
    exceptions.Aborted,
)
"""A commit's answers if someone else was quicker, or if the commit had arrived before and was sent again.
Source: https://firebase.google.com/docs/firestore/reference/rest/v1/Precondition"""

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
