"""Which errors of Google's services a later try may not meet again."""

from google.api_core import exceptions

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
"""Source: https://cloud.google.com/apis/design/errors#error_retries, and what HTTP says of the same faults."""
