"""Faults: what goes wrong in a world, and how often. Each world has a different mix, drawn from its seed."""

from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass
class Faults:
    """The probability of each fault, at each place where it may strike.

    Attributes:
        calm: Whether nothing goes wrong at all.
        active: Whether faults strike now; they stop before the world ends.
        lost_event: A trigger does not fire.
        doubled_event: A trigger fires twice.
        lost_task: A task is accepted and never delivered.
        doubled_task: A task is delivered twice.
        early_task: A task is delivered before its time.
        refused: A call fails, and nothing was done.
        answer_lost: A commit arrives, and its answer does not.
        sent_again: A commit arrives, and the client library sends it again.
        late: A commit fails, and arrives afterwards.
        slow: A call takes seconds.
        kill: A process dies at a call or a wait.
        preempt: A process receives SIGTERM, and dies ten seconds later.
        stall: A process stops for minutes, and then goes on.
        lost_sweep: A sweep does not run.
        skew: The most seconds by which a clock is wrong.
    """

    calm: bool = True
    active: bool = True
    lost_event: float = 0.0
    doubled_event: float = 0.0
    lost_task: float = 0.0
    doubled_task: float = 0.0
    early_task: float = 0.0
    refused: float = 0.0
    answer_lost: float = 0.0
    sent_again: float = 0.0
    late: float = 0.0
    slow: float = 0.0
    kill: float = 0.0
    preempt: float = 0.0
    stall: float = 0.0
    lost_sweep: float = 0.0
    skew: float = 0.0

    def strikes(self, random: Random, probability: float) -> bool:
        """Draw whether a fault strikes now."""
        return self.active and probability > 0 and random.random() < probability


MOST = {
    "lost_event": 0.4,
    "doubled_event": 0.4,
    "lost_task": 0.3,
    "doubled_task": 0.4,
    "early_task": 0.3,
    "refused": 0.05,
    "answer_lost": 0.2,
    "sent_again": 0.2,
    "late": 0.05,
    "slow": 0.05,
    "kill": 0.03,
    "preempt": 0.01,
    "stall": 0.04,
    "lost_sweep": 0.4,
    "skew": 0.4,
}
"""The greatest value of each probability; of `skew`, the seconds."""

CALM_EVERY = 4
"""One world in so many is calm: only there can the simulation demand that nothing is late."""


def draw_faults(seed: int, random: Random) -> Faults:
    """Draw the faults of a world: some of them, each with a probability of its own.

    Source: swarm testing, https://doi.org/10.1145/2338965.2336763 (a test that leaves features out finds more).
    """
    if seed % CALM_EVERY == 0:
        # A SIGTERM is no fault: a worker has time to hand its job back.
        return Faults(skew=random.choice((0.0, MOST["skew"])), preempt=random.choice((0.0, 0.01)))
    chosen: dict[str, Any] = {
        name: random.uniform(0.1, 1.0) * most for name, most in MOST.items() if random.random() < 0.5
    }
    return Faults(calm=False, **chosen)
