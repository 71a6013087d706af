"""The machine that a function runs on: its clock, its random numbers and its threads.

The engine asks a `Host` for them. So a simulation can run hours of many workers in a second, and again from a seed.
"""

import random
import secrets
import string
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from stoker import shutdown

Item = TypeVar("Item")

ALPHABET = string.ascii_letters + string.digits

CHANCE = random.SystemRandom()
"""Each instance draws other numbers, also if instances start from one image. Nobody else's seed is disturbed."""


class Signal(Protocol):
    """A flag that one thread sets and another waits for, as `threading.Event`."""

    def set(self) -> None:
        """Set the flag, and wake those that wait."""

    def clear(self) -> None:
        """Take the flag back."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most `timeout` seconds until the flag is set; return whether it is."""


class Host(Protocol):
    """The clock, the random numbers and the threads of the machine."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def uniform(self, low: float, high: float) -> float:
        """Draw a number between two others."""

    def token(self) -> str:
        """Draw a name that nothing else has."""

    def lock(self) -> AbstractContextManager[Any]:
        """Make a lock that one thread holds at a time."""

    def signal(self) -> Signal:
        """Make a flag that is not set."""

    def start(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        """Run a function in a thread of its own; return a function that waits for its end."""

    def each(self, do: Callable[[Item], None], items: Sequence[Item], threads: int) -> None:
        """Do something for each item, for several items at a time."""

    def going_down(self) -> bool:
        """Return whether the platform is taking this instance away."""


class SystemHost:
    """The real machine."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        """Draw a number between two others."""
        return CHANCE.uniform(low, high)

    def token(self) -> str:
        """Draw a name that nothing else has: 20 letters and digits, as Firestore's own ids."""
        return "".join(secrets.choice(ALPHABET) for _ in range(20))

    def lock(self) -> AbstractContextManager[Any]:
        """Make a lock that one thread holds at a time."""
        return threading.Lock()

    def signal(self) -> Signal:
        """Make a flag that is not set."""
        return threading.Event()

    def start(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        """Run a function in a thread of its own; return a function that waits for its end."""
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread.join

    def each(self, do: Callable[[Item], None], items: Sequence[Item], threads: int) -> None:
        """Do something for each item, for several items at a time."""
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(do, items))

    def going_down(self) -> bool:
        """Return whether the platform is taking this instance away."""
        return shutdown.going_down()


Result = TypeVar("Result")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Do some work, and wait so long for its end and no longer, wherever it hangs.

    Credentials and name servers have no deadline of their own. Work that comes too late goes on in its thread.

    Args:
        seconds: The longest time.
        work: The work. It must do no harm if it ends later.

    Raises:
        TimeoutError: The work has not ended in time.
    """
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done.result(timeout=seconds)


SYSTEM: Host = SystemHost()
"""The real machine, for all that need no other."""
