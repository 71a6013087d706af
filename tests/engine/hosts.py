"""Machines for the engine's tests: with a faster clock, without chance, or with no time but the test's own."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from stoker.host import Signal, SystemHost
from unit.firestore.clocks import StillHost


class Hurried(SystemHost):
    """A machine on which waits are short.

    Args:
        factor: How many seconds of the engine pass in a second.
    """

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def monotonic(self) -> float:
        return super().monotonic() * self._factor

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / self._factor)

    def signal(self) -> Signal:
        return _HurriedSignal(self._factor)


class _HurriedSignal(threading.Event):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self._factor = factor

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(None if timeout is None else timeout / self._factor)


class Unchanging(SystemHost):
    """A machine that draws the same number each time."""

    def __init__(self, number: float) -> None:
        self._number = number

    def uniform(self, low: float, high: float) -> float:
        return self._number


class Sleepless(SystemHost):
    """A machine that draws the greatest number each time, and never sleeps."""

    def uniform(self, low: float, high: float) -> float:
        return high

    def sleep(self, seconds: float) -> None:
        pass


class Ticking(SystemHost):
    """A machine whose clock moves each time that it is looked at, and on which no second thread runs.

    Args:
        step: Seconds between two looks.
    """

    def __init__(self, step: float) -> None:
        self._step = step
        self._time = 0.0

    def monotonic(self) -> float:
        self._time += self._step
        return self._time

    def start(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        return lambda: None


class ScriptOver(Exception):
    """Nothing more happens on a scripted machine."""


class Scripted(SystemHost):
    """A machine whose clock moves only while a thread waits, and on which things happen at given times.

    Args:
        script: Pairs of seconds and of what happens then.
        seconds: The time at which it is over.
    """

    def __init__(self, script: Sequence[tuple[float, Callable[[], None]]], seconds: float) -> None:
        self._script = sorted(script, key=lambda pair: pair[0])
        self._seconds = seconds
        self._time = 0.0
        self._news = False
        self._run: Callable[[], None] = lambda: None

    def play(self) -> None:
        """Run the thread that was started, until the script is over."""
        with contextlib.suppress(ScriptOver):
            self._run()

    def monotonic(self) -> float:
        return self._time

    def start(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        self._run = run
        return lambda: None

    def signal(self) -> Signal:
        return self

    def set(self) -> None:
        self._news = True

    def clear(self) -> None:
        self._news = False

    def wait(self, timeout: float | None = None) -> bool:
        end = self._time + (timeout or 0)
        while not self._news and self._script and self._script[0][0] <= end:
            self._time, happen = self._script.pop(0)
            happen()
        if not self._news:
            self._time = end
        if self._time > self._seconds:
            raise ScriptOver
        return self._news


class Dated(StillHost):
    """A machine whose date is set by the test. It begins with the time at which the machine was made."""

    def __init__(self) -> None:
        super().__init__()
        self.date = datetime.now(UTC)

    def now(self) -> datetime:
        return self.date
