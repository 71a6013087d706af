"""The breaks of a streamed answer. The client library tries a stream again only until its first document."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.deadline import STREAM_SECONDS, deadline, seconds_left
from stoker.host import SYSTEM, Host

T = TypeVar("T")

TRIES: Final = 5
"""The requests one after another that bring no further document, before their error is raised."""


class StreamBreaks:
    """The breaks of a stream that is read again after each.

    Args:
        host: The machine whose clock measures the time.

    Example:
        >>> breaks = StreamBreaks()
        >>> breaks.wait(ConnectionError("The stream broke."), progress=True)
    """

    def __init__(self, host: Host = SYSTEM) -> None:
        self._host = host
        self._failures = 0

    def wait(self, error: Exception, *, progress: bool = False) -> None:
        """Wait before the next try.

        Args:
            error: The error of the break, one of `api_errors.TRANSIENT`.
            progress: Whether the stream brought anything that need not be read again.

        Raises:
            Exception: The error, after too many tries without progress, or if the deadline has passed.
        """
        self._failures = 0 if progress else self._failures + 1
        left = seconds_left()
        if self._failures >= TRIES or (left is not None and left <= 0):
            raise error
        self._host.sleep(self._host.uniform(0, 0.2 * 2**self._failures))


def whole(stream: Callable[[], Iterable[T]], host: Host = SYSTEM) -> list[T]:
    """Return everything that a short stream brings. If the stream breaks, it is read again from its beginning.

    Args:
        stream: Begins the stream. It only reads.
        host: The machine whose clock measures the time.

    Raises:
        Exception: The error of a break, as in `StreamBreaks.wait`. All tries together take at most `STREAM_SECONDS`.

    Example:
        >>> whole(lambda: iter([1, 2]))
        [1, 2]
    """
    breaks = StreamBreaks(host)
    with deadline(STREAM_SECONDS, host):
        while True:
            try:
                return list(stream())
            except TRANSIENT as error:
                breaks.wait(error)
