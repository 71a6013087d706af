"""The breaks of a streamed answer. The client library tries a stream again only until its first document."""

from typing import Final

from stoker.firestore.deadline import seconds_left
from stoker.host import SYSTEM, Host

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
