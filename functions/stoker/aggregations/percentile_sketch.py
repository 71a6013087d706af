"""Percentiles of numbers that arrive one after another, with a bounded relative error."""

import math
import sys
from collections.abc import Iterator
from typing import Final

RELATIVE_ERROR: Final = 0.01
"""The largest relative error of a percentile."""

GAMMA: Final = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
"""The ratio of the bounds of a bucket. All numbers of a bucket are within the relative error of its middle."""

LOG_GAMMA: Final = math.log(GAMMA)

EXACT: Final = 1_000
"""The most numbers that are kept themselves. Their percentiles are exact."""


class PercentileSketch:
    """The number of values in buckets whose bounds grow by a constant ratio (DDSketch).

    The numbers from 2.3e-308 to 1.8e308 fall into at most 71,000 buckets, and so do the negative numbers. So the memory
    is bounded without merging buckets, and the relative error holds for every percentile. Numbers that are nearer to 0
    count as 0. The percentiles of few numbers are exact.
    Source: Masson, Rim, Lee: DDSketch, PVLDB 12(12), 2019, https://www.vldb.org/pvldb/vol12/p2195-masson.pdf

    Attributes:
        count: The number of added numbers.

    Example:
        >>> sketch = PercentileSketch()
        >>> for number in range(1, 101):
        ...     sketch.add(number)
        >>> sketch.percentile(0), sketch.percentile(100), sketch.percentile(50)
        (1.0, 100.0, 50.0)
    """

    def __init__(self) -> None:
        self.count = 0
        self._positive: dict[int, int] = {}
        self._negative: dict[int, int] = {}
        self._zeros = 0
        self._exact: list[float] = []
        self._least = math.inf
        self._greatest = -math.inf

    def add(self, number: int | float) -> None:
        """Add a number.

        Args:
            number: The number. It may be infinite, but not NaN.
        """
        value = float(number)
        self.count += 1
        self._least = min(self._least, value)
        self._greatest = max(self._greatest, value)
        if self.count <= EXACT:
            self._exact.append(value)
        size = abs(value)
        if size < sys.float_info.min:
            self._zeros += 1
            return
        # An infinite number has a bucket behind all others.
        bucket = math.ceil(math.log(size) / LOG_GAMMA) if size != math.inf else sys.maxsize
        buckets = self._positive if value > 0 else self._negative
        buckets[bucket] = buckets.get(bucket, 0) + 1

    def percentile(self, percent: float) -> float | None:
        """Return the number below which a share of the numbers lies, None if nothing was added.

        Its rank among the sorted numbers is `floor(percent / 100 * (count - 1))`, from 0.

        Args:
            percent: The share in percent, from 0 to 100.
        """
        if not self.count:
            return None
        rank = math.floor(percent / 100 * (self.count - 1))
        if self.count <= EXACT:
            return sorted(self._exact)[rank]
        if rank >= self.count - 1:
            return self._greatest
        if rank <= 0:
            return self._least
        for value, count in self._sorted():
            rank -= count
            if rank < 0:
                return min(max(value, self._least), self._greatest)
        return self._greatest

    def _sorted(self) -> Iterator[tuple[float, int]]:
        """Yield the middle of each bucket and its count, the least first."""
        for bucket in sorted(self._negative, reverse=True):
            yield -_middle(bucket), self._negative[bucket]
        yield 0.0, self._zeros
        for bucket in sorted(self._positive):
            yield _middle(bucket), self._positive[bucket]


def _middle(bucket: int) -> float:
    """Return the number whose relative distance to both bounds of a bucket is the relative error."""
    try:
        return math.exp(bucket * LOG_GAMMA) * 2 / (GAMMA + 1)
    except OverflowError:  # the bucket of the greatest numbers, or of infinity
        return math.inf
