"""A clock that stands still unless someone waits."""

from stoker.host import SystemHost


class StillHost(SystemHost):
    """The machine with a clock of its own. It draws the greatest number.

    Attributes:
        time: Seconds, as `monotonic` returns them.
        waits: How long each `sleep` was, in seconds.
    """

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Return the time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        self.waits.append(seconds)
        self.time += seconds

    def uniform(self, low: float, high: float) -> float:
        """Return the greatest number that may be drawn."""
        return high
