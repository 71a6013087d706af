"""The outcome of a simulation: a world that has ended as it should, or a broken invariant."""

from collections.abc import Sequence
from dataclasses import dataclass


class Broken(AssertionError):
    """An invariant does not hold.

    Args:
        seed: The world's seed.
        invariant: The invariant's name.
        text: A sentence.
        trace: The last steps.
    """

    def __init__(self, seed: int, invariant: str, text: str, trace: Sequence[str]) -> None:
        self.invariant = invariant
        self._arguments = (seed, invariant, text, trace)
        steps = "\n".join(trace)
        super().__init__(
            f"{invariant}: {text}\n\nThe last {len(trace)} steps:\n{steps}\n\n{invariant}: {text}\n"
            f"Replay it with: SIMULATION_SEED={seed} scripts/test tests/simulation -k replay"
        )

    def __reduce__(self) -> tuple[type["Broken"], tuple[object, ...]]:
        """Let the failure leave a process of the soak test."""
        return Broken, self._arguments


@dataclass(frozen=True)
class Outcome:
    """A world that has ended as it should.

    Attributes:
        lives: Jobs that were created and have ended.
        steps: Steps of the scheduler.
        hash: The checksum of all steps.
        attempts: The number of attempts that began.
    """

    lives: int
    steps: int
    hash: int
    attempts: int
