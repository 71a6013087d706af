"""The deadlines of calls to Firestore, including all tries of a call.

The client library tries a write again for 60 s and a read for 300 s, whatever `timeout` each try was given. A loop
around such calls multiplies that. So every call is made with the options of `patience`, and takes at most
`CALL_SECONDS`. Within `deadline(seconds)`, a call takes at most the time that the block has left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from google.api_core import exceptions, retry

from stoker.host import SYSTEM, Host

CALL_SECONDS = 60.0
"""The longest time that a call may take outside of any deadline, in seconds: the client library's limit for a write."""

STREAM_SECONDS = 300.0
"""The longest time that a streamed answer may take outside of any deadline, in seconds: the client library's limit for
a query. The time in which the reader processes the answer is included.
Source of both: https://github.com/googleapis/python-firestore (transports/base.py)."""

_deadline: ContextVar[tuple[float, Host] | None] = ContextVar("deadline", default=None)

_PASSING_COMMIT = retry.if_exception_type(exceptions.ResourceExhausted, exceptions.ServiceUnavailable)
_PASSING_READ = retry.if_exception_type(
    exceptions.DeadlineExceeded, exceptions.InternalServerError, exceptions.ServiceUnavailable
)
# Source of both: the client library's own, https://github.com/googleapis/python-firestore (transports/base.py).


@contextmanager
def deadline(seconds: float, host: Host = SYSTEM) -> Iterator[None]:
    """Limit the time of all calls within the block together.

    Args:
        seconds: The longest time for the block, in seconds. If an outer deadline ends earlier, that holds.
        host: The machine whose clock measures the time.

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
    """Return the seconds until the deadline, 0 or less if it has passed; None outside of any deadline."""
    within = _deadline.get()
    if within is None:
        return None
    end, host = within
    return end - host.monotonic()


def patience(*, reads: bool, seconds: float = CALL_SECONDS) -> dict[str, Any]:
    """Return the `retry` and `timeout` of a call to the client library, so that all its tries fit the deadline.

    A number of seconds as `timeout` would not do. The library grants it again to a query that breaks off, and to a try
    that begins in the last second.
    Source: https://github.com/googleapis/python-api-core (timeout.py), and python-firestore (query.py).

    Args:
        reads: Whether the call only reads.
        seconds: The longest time that the call may take outside of any deadline, in seconds.

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
