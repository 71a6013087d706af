"""The machine of a simulated process: its clock, its random numbers and its threads."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, TypeVar

from simulation.scheduler import Actor, Scheduler

Item = TypeVar("Item")

START = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
"""The start of every world: an hour before midnight, so that jobs held back until tomorrow need not wait long."""


class SimulatedHost:
    """A `stoker.host.Host` on virtual time.

    Args:
        scheduler: Runs the actors.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._names = 0

    def true_time(self) -> datetime:
        """Return the time of day as the database has it."""
        return START + timedelta(seconds=self._scheduler.now)

    def now(self) -> datetime:
        """Return the time of day on the current process's clock, which may be wrong."""
        return START + timedelta(seconds=self._scheduler.now + self._scheduler.process.skew)

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return self._scheduler.now

    def sleep(self, seconds: float) -> None:
        """Let other actors run."""
        self._scheduler.wait(seconds)

    def uniform(self, low: float, high: float) -> float:
        """Draw a number from the seed."""
        return self._scheduler.random.uniform(low, high)

    def token(self) -> str:
        """Return a name that nothing else has. It counts, so that a trace is easy to read."""
        self._names += 1
        return f"n{self._names}"

    def lock(self) -> AbstractContextManager[Any]:
        """Make a lock."""
        return _Lock(self._scheduler)

    def signal(self) -> "SimulatedSignal":
        """Make a flag."""
        return SimulatedSignal(self._scheduler)

    def start(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        """Run a function in another actor of the same process."""
        actor = self._scheduler.spawn(self._scheduler.process, run)
        return lambda: self._scheduler.join(actor)

    def each(self, do: Callable[[Item], None], items: Sequence[Item], threads: int) -> None:
        """Do something for each item, in several actors of the same process."""
        left = list(reversed(items))

        def work() -> None:
            while left:
                do(left.pop())

        actors = [self._scheduler.spawn(self._scheduler.process, work) for _ in range(min(threads, len(left)))]
        for actor in actors:
            self._scheduler.join(actor)

    def going_down(self) -> bool:
        """Return whether the current process has received SIGTERM."""
        return self._scheduler.process.going_down


class SimulatedSignal:
    """A `stoker.host.Signal` on virtual time."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_set = False
        self._waiting: list[Actor] = []

    def set(self) -> None:
        """Set the flag, and wake those that wait."""
        self._is_set = True
        while self._waiting:
            self._scheduler.wake(self._waiting.pop())

    def clear(self) -> None:
        """Take the flag back."""
        self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most `timeout` virtual seconds until the flag is set; return whether it is."""
        if not self._is_set:
            assert self._scheduler.current is not None
            actor = self._scheduler.current
            self._waiting.append(actor)
            self._scheduler.park(timeout)
            if actor in self._waiting:
                self._waiting.remove(actor)
        return self._is_set


class _Lock:
    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._held = False
        self._waiting: list[Actor] = []

    def __enter__(self) -> None:
        while self._held:
            assert self._scheduler.current is not None
            self._waiting.append(self._scheduler.current)
            self._scheduler.park()
        self._held = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self._held = False
        if self._waiting:
            self._scheduler.wake(self._waiting.pop(0))
