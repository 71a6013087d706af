"""Deadlines: the one place that says how long a call to Firestore may take, all of its tries included.

The client library tries a write again for 60 s by itself and a read for 300 s, whatever `timeout` each try was given,
and a loop around such calls multiplies that. Every call of ours is made with `patience`. So a call takes at most
`CALL_SECONDS`. Within `deadline(seconds)`, a call takes at most the time that the block has left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from google.api_core import exceptions, retry

from stoker.host import SYSTEM, Host

CALL_SECONDS = 60.0
"""The longest that a call may take outside of any deadline: as long as the client library lets a write take."""

STREAM_SECONDS = 300.0
"""The longest that a long answer may take outside of any deadline, including the time in which its reader works on it:
as long as the client library lets a query take.
Source of both: https://github.com/googleapis/python-firestore (transports/base.py)."""

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


def patience(*, reads: bool, seconds: float = CALL_SECONDS) -> dict[str, Any]:
    """Return the `retry` and `timeout` of a call to the client library, so that all its tries fit the deadline.

    A number of seconds as `timeout` would not do: the library grants it anew to a query that breaks off, and to a try
    that begins in the last second.
    Source: https://github.com/googleapis/python-api-core (timeout.py), and python-firestore (query.py).

    Args:
        reads: Whether the call only reads.
        seconds: How long the call may take outside of any deadline.

    Raises:
        DeadlineExceeded: The deadline has passed.

    Example:
        >>> sorted(patience(reads=True))
        ['retry', 'timeout']
    """
    end, host = _deadline.get() or (SYSTEM.monotonic() + seconds, SYSTEM)
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
