"""Two ways of doing the same, timed in turn, so that a machine that slows down slows both."""

import json
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Comparison:
    """The result of a comparison.

    Attributes:
        name: The measured work.
        peer: The work that it was compared with.
        seconds: The median time of our work.
        peer_seconds: The median time of the peer's work.
        ratio: The median of the ratios of all pairs. Below 1, ours is faster.
        least: The smallest of the ratios.
        most: The largest of the ratios.
        limit: The ratio must be less than this.
    """

    name: str
    peer: str
    seconds: float
    peer_seconds: float
    ratio: float
    least: float
    most: float
    limit: float

    def show(self, as_json: bool) -> int:
        """Prints the comparison; returns an exit code, 1 where the limit was passed."""
        if as_json:
            print(json.dumps(asdict(self), indent=2))
        else:
            print(f"{self.name:32} {self.seconds:8.3f} s")
            print(f"{self.peer:32} {self.peer_seconds:8.3f} s")
            print(f"{'ratio':32} {self.ratio:8.3f}   ({self.least:.3f} to {self.most:.3f}; limit {self.limit})")
        return int(self.ratio > self.limit)


def children_cpu() -> float:
    """Seconds of processor time that child processes have used so far; steadier than a clock on a shared machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(
    name: str,
    ours: Callable[[], object],
    peer_name: str,
    peer: Callable[[], object],
    rounds: int,
    limit: float,
    clock: Callable[[], float] = time.perf_counter,
) -> Comparison:
    """Times both in turn, A B B A A B ..., after one round that does not count.

    Args:
        name: What is measured.
        ours: Does it.
        peer_name: What it is measured against.
        peer: Does that.
        rounds: How many pairs count.
        limit: What the ratio is to stay under.
        clock: The clock, in seconds.
    """
    pairs = []
    for number in range(rounds + 1):
        order = (ours, peer) if number % 2 else (peer, ours)
        took = {work: _seconds(work, clock) for work in order}
        if number:
            pairs.append((took[ours], took[peer]))
    ratios = [our / their for our, their in pairs]
    return Comparison(
        name,
        peer_name,
        statistics.median(our for our, _ in pairs),
        statistics.median(their for _, their in pairs),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        limit,
    )


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    work()
    return clock() - began
