"""Scheduler: runs actors in one thread, on a virtual clock, in an order that a seed decides.

An actor is a greenlet: engine code that runs until it waits or asks the store. Then the scheduler goes on with the
actor whose time comes next. The same seed gives the same run.
"""

import heapq
import zlib
from collections import deque
from collections.abc import Callable
from random import Random

from greenlet import greenlet

TRACE_STEPS = 400
"""Steps of the trace that are kept for a failure's message."""

SHORTEST_SECONDS = 1e-6
"""The shortest wait, so that a loop that waits for a rounding error's length comes to an end."""


class Killed(BaseException):
    """The actor's process is gone. Only cleanup code runs, and it can't reach the world."""


class Process:
    """An instance of a function, or a client.

    Args:
        name: For the trace.
        kind: Such as `worker`.
        mortal: Whether faults may kill, stall or preempt it.
        skew: Seconds by which its clock is wrong.

    Attributes:
        alive: Whether it runs.
        going_down: Whether it has received SIGTERM.
        stalled_until: It does not run before this virtual time, in seconds.
        tokens: The leases that it has taken, by job.
        wrote: The jobs that it has written.
        left: The jobs that its attempts have ended, or handed on or back.
        on_death: Called once when it is killed.
    """

    def __init__(self, name: str, kind: str, *, mortal: bool = False, skew: float = 0.0) -> None:
        self.name = name
        self.kind = kind
        self.mortal = mortal
        self.skew = skew
        self.alive = True
        self.going_down = False
        self.stalled_until = 0.0
        self.tokens: dict[str, str] = {}
        self.wrote: set[str] = set()
        self.left: set[str] = set()
        self.on_death: Callable[[], None] = lambda: None
        self.actors: list[Actor] = []


class Actor:
    """A thread of a process.

    Attributes:
        process: Its process.
        done: Whether it has ended.
        ticket: Counts its waits, so that a wake-up that comes too late is ignored.
        joiners: The actors that wait for its end.
    """

    def __init__(self, process: Process, run: Callable[[], None], hub: greenlet) -> None:
        self.process = process
        self.done = False
        self.ticket = 0
        self.joiners: list[Actor] = []
        self.greenlet = greenlet(run, parent=hub)


class Scheduler:
    """Runs actors and callbacks in the order of their virtual times.

    Args:
        seed: Decides everything that is drawn.

    Attributes:
        now: Virtual seconds since the start.
        random: The one source of random numbers.
        current: The actor that runs; None between two steps.
        trace: The last steps, for people.
        steps: The number of steps so far.
        hash: A checksum of all steps so far.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = 0.0
        self.current: Actor | None = None
        self.trace: deque[str] = deque(maxlen=TRACE_STEPS)
        self.hash = 0
        self.steps = 0
        self._hub = greenlet.getcurrent()
        self._queue: list[tuple[float, int, Actor | Callable[[], None], int]] = []
        self._count = 0
        self._dead: list[Process] = []
        self._processes: dict[Process, None] = {}

    # --- Called by actors ------------------------------------------------------------------------

    @property
    def process(self) -> Process:
        """The process of the actor that runs."""
        assert self.current is not None
        return self.current.process

    def wait(self, seconds: float) -> None:
        """Let other actors run for some virtual seconds."""
        actor = self._living()
        self._push(self.now + seconds, actor, actor.ticket)
        self._switch(actor)

    def park(self, seconds: float | None = None) -> Actor:
        """Let other actors run until `wake`, and at most for some virtual seconds."""
        actor = self._living()
        if seconds is not None:
            self._push(self.now + max(SHORTEST_SECONDS, seconds), actor, actor.ticket)
        self._switch(actor)
        return actor

    def wake(self, actor: Actor) -> None:
        """Let a parked actor go on."""
        self._push(self.now, actor, actor.ticket)

    def join(self, actor: Actor) -> None:
        """Wait until an actor has ended."""
        while not actor.done:
            actor.joiners.append(self._living())
            self.park()

    def note(self, *words: object) -> None:
        """Add a step to the trace."""
        name = self.current.process.name if self.current is not None else "world"
        line = f"{self.now:10.3f} {name:24} {' '.join(map(str, words))}"
        self.hash = zlib.crc32(line.encode(), self.hash)
        self.trace.append(line)

    def kill(self, process: Process) -> None:
        """End a process at once. If the current actor is of that process, the caller must raise `Killed`."""
        if process.alive:
            self.note("KILL", process.name)
            process.alive = False
            self._dead.append(process)
            process.on_death()

    # --- Called by anyone ------------------------------------------------------------------------

    def spawn(self, process: Process, run: Callable[[], None], delay: float = 0.0) -> Actor:
        """Start an actor after some virtual seconds."""

        def body() -> None:
            try:
                run()
            except Killed:
                pass
            finally:
                self._end(actor)

        actor = Actor(process, body, self._hub)
        process.actors.append(actor)
        self._processes[process] = None
        self._push(self.now + delay, actor, actor.ticket)
        return actor

    def at(self, time: float, call: Callable[[], None]) -> None:
        """Call a function at a virtual time, outside of all processes. It must not wait."""
        self._push(max(time, self.now), call, 0)

    def step(self) -> bool:
        """Run what comes next; return False if nothing is left."""
        if not self._queue:
            return False
        time, _, what, ticket = heapq.heappop(self._queue)
        self.now = max(self.now, time)
        if not isinstance(what, Actor):
            what()
        elif not what.done and what.ticket == ticket:
            stalled_until = what.process.stalled_until
            if stalled_until > self.now:
                self._push(stalled_until, what, ticket)
                return True
            what.ticket += 1
            self.steps += 1
            self.current = what
            what.greenlet.switch()
            self.current = None
        self._reap()
        return True

    def end(self) -> None:
        """Kill everything that still runs."""
        for process in list(self._processes):
            if process.alive and any(not actor.done for actor in process.actors):
                process.alive = False
                self._dead.append(process)
        self._reap()

    # --- Inside ----------------------------------------------------------------------------------

    def _living(self) -> Actor:
        actor = self.current
        assert actor is not None
        if not actor.process.alive:
            raise Killed
        return actor

    def _switch(self, actor: Actor) -> None:
        self._hub.switch()
        if not actor.process.alive:
            raise Killed

    def _push(self, time: float, what: Actor | Callable[[], None], ticket: int) -> None:
        self._count += 1
        heapq.heappush(self._queue, (time, self._count, what, ticket))

    def _end(self, actor: Actor) -> None:
        actor.done = True
        for joiner in actor.joiners:
            self.wake(joiner)
        process = actor.process
        if all(one.done for one in process.actors):
            process.actors.clear()
            self._processes.pop(process, None)

    def _reap(self) -> None:
        """Unwind the actors of dead processes: their cleanup code runs now, and reaches nothing."""
        while self._dead:
            for actor in list(self._dead.pop().actors):
                if actor.done:
                    continue
                self.current = actor
                if actor.greenlet:
                    actor.greenlet.throw(Killed())
                if not actor.done:  # It had never run.
                    self._end(actor)
                self.current = None
