"""The machine that a function runs on: its clock, its random numbers and its threads.

The engine asks a `Host` for all three. A simulation passes a host of its own, with a virtual clock. So it runs many
workers for hours within a second, and can repeat a run from its seed.
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
"""The source of random numbers. Instances that start from the same image still draw different numbers, and the seed of
`random` stays as other code has set it."""


class Signal(Protocol):
    """A flag that one thread sets and another thread waits for, as `threading.Event`."""

    def set(self) -> None:
        """Set the flag, and wake the threads that wait for it."""

    def clear(self) -> None:
        """Clear the flag."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait at most `timeout` seconds until the flag is set; return whether it is set."""


class Host(Protocol):
    """The clock, the random numbers and the threads of the machine."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""

    def monotonic(self) -> float:
        """Return the seconds of a clock that never goes back."""

    def sleep(self, seconds: float) -> None:
        """Wait for a time, in seconds."""

    def uniform(self, low: float, high: float) -> float:
        """Draw a random number between two others."""

    def token(self) -> str:
        """Draw a random name that nothing else has."""

    def lock(self) -> AbstractContextManager[Any]:
        """Make a lock that only one thread at a time can hold."""

    def signal(self) -> Signal:
        """Make a flag that is not set."""

    def start(self, run: Callable[[], None], name: str) -> Callable[[], None]:
        """Run a function in a thread of its own; return a function that waits for its end."""

    def each(self, do: Callable[[Item], None], items: Sequence[Item], threads: int) -> None:
        """Call a function for each item, in several threads."""

    def going_down(self) -> bool:
        """Return whether the platform is taking this instance away."""


class SystemHost:
    """The real machine."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds of a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for a time, in seconds."""
        time.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        """Draw a random number between two others."""
        return CHANCE.uniform(low, high)

    def token(self) -> str:
        """Draw a random name that nothing else has: 20 letters and digits, as Firestore's own ids."""
        return "".join(secrets.choice(ALPHABET) for _ in range(20))

    def lock(self) -> AbstractContextManager[Any]:
        """Make a lock that only one thread at a time can hold."""
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
        """Call a function for each item, in several threads."""
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(do, items))

    def going_down(self) -> bool:
        """Return whether the platform is taking this instance away."""
        return shutdown.going_down()


Result = TypeVar("Result")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Call a function in a thread, and wait a limited time for its result.

    This is for calls that may hang without a deadline of their own, such as the look-up of credentials or of a host's
    name. A function that takes longer goes on in its thread.

    Args:
        seconds: The longest time to wait, in seconds.
        work: The function. It must do no harm if it ends later.

    Raises:
        TimeoutError: The function has not ended in time.
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
"""The real machine, which the deployed functions use."""
