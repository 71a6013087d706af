"""A deadline for everything that a block asks Firestore for.

The client library tries a call again for 60 s by itself, whatever `timeout` each try was given, and a loop around such
calls multiplies that. Within `deadline(seconds)`, no call goes on for longer than the block has left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from google.api_core import exceptions, retry

from stoker.host import SYSTEM, Host

_deadline: ContextVar[tuple[float, Host] | None] = ContextVar("deadline", default=None)

_PASSING_COMMIT = retry.if_exception_type(exceptions.ResourceExhausted, exceptions.ServiceUnavailable)
_PASSING_READ = retry.if_exception_type(
    exceptions.DeadlineExceeded, exceptions.InternalServerError, exceptions.ServiceUnavailable
)
# Source of both: the client library's own, https://github.com/googleapis/python-firestore (transports/base.py).


@contextmanager
def deadline(seconds: float, host: Host = SYSTEM) -> Iterator[None]:
    """Let no call within the block go on for longer than the block may take.

    Args:
        seconds: How long the block may take. An outer deadline that ends earlier holds.
        host: The clock to measure by.

    Example:
        >>> with deadline(5):
        ...     0 < seconds_left() <= 5
        True
    """
    outer = seconds_left()
    end = host.monotonic() + (seconds if outer is None else min(seconds, outer))
    token = _deadline.set((end, host))
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left() -> float | None:
    """Return how long until the deadline, 0 or less if it has passed; None outside of any deadline."""
    within = _deadline.get()
    if within is None:
        return None
    end, host = within
    return end - host.monotonic()


def patience(*, reads: bool) -> dict[str, Any]:
    """Return the `retry` and `timeout` of a call to the client library, so that all its tries fit the deadline.

    A number of seconds as `timeout` would not do: the library grants it anew to a query that breaks off, and to a try
    that begins in the last second.
    Source: https://github.com/googleapis/python-api-core (timeout.py), and python-firestore (query.py).

    Args:
        reads: Whether the call only reads.

    Raises:
        DeadlineExceeded: The deadline has passed.
    """
    within = _deadline.get()
    if within is None:
        return {}
    end, host = within
    left = end - host.monotonic()
    if left <= 0:
        raise exceptions.DeadlineExceeded("The deadline for these calls to Firestore has passed.")
    passing = _PASSING_READ if reads else _PASSING_COMMIT

    def may_pass(error: Exception) -> bool:
        return passing(error) and host.monotonic() < end

    def limited(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **named: call(*args, **{**named, "timeout": max(0.0, end - host.monotonic())})

    again = retry.Retry(predicate=may_pass, initial=0.1, maximum=60.0, multiplier=1.3, timeout=left)
    return {"retry": again, "timeout": limited}
