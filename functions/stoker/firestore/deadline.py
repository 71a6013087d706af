"""A deadline for everything that a block asks Firestore for.

The client library tries a call again for 60 s by itself, whatever `timeout` each try was given, and a loop around such
calls multiplies that. Within `deadline(seconds)`, no call goes on for longer than the block has left.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from google.api_core import exceptions, retry

_end: ContextVar[float | None] = ContextVar("deadline", default=None)

_PASSING_COMMIT = retry.if_exception_type(exceptions.ResourceExhausted, exceptions.ServiceUnavailable)
_PASSING_READ = retry.if_exception_type(
    exceptions.DeadlineExceeded, exceptions.InternalServerError, exceptions.ServiceUnavailable
)
# Source of both: the client library's own, https://github.com/googleapis/python-firestore (transports/base.py).


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let no call within the block go on for longer than the block may take.

    Args:
        seconds: How long the block may take. An outer deadline that ends earlier holds.

    Example:
        >>> with deadline(5):
        ...     0 < seconds_left() <= 5
        True
    """
    end, outer = time.monotonic() + seconds, _end.get()
    token = _end.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _end.reset(token)


def seconds_left() -> float | None:
    """Return how long a call may take now; None outside of any deadline.

    Raises:
        DeadlineExceeded: The deadline has passed.
    """
    end = _end.get()
    if end is None:
        return None
    left = end - time.monotonic()
    if left <= 0:
        raise exceptions.DeadlineExceeded("The deadline for these calls to Firestore has passed.")
    return left


def patience(*, reads: bool) -> dict[str, Any]:
    """Return the `retry` and `timeout` of a call to the client library, so that all its tries fit the deadline.

    Args:
        reads: Whether the call only reads.

    Raises:
        DeadlineExceeded: The deadline has passed.
    """
    left = seconds_left()
    if left is None:
        return {}
    passing = _PASSING_READ if reads else _PASSING_COMMIT
    return {
        "retry": retry.Retry(predicate=passing, initial=0.1, maximum=60.0, multiplier=1.3, timeout=left),
        "timeout": left,
    }
