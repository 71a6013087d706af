"""The sum and the average of numbers that arrive one after another, with Firestore's rules."""

import math
from typing import Final

INT64: Final = range(-(2**63), 2**63)
"""The integers that Firestore stores."""


class RunningSum:
    """A sum and an average in constant memory.

    The rules are Firestore's. Integers are added exactly. A sum of integers that does not fit into 64 bits is a float,
    and so is the sum of integers and floats. One NaN makes the result NaN. The sum of nothing is 0, and the average of
    nothing is None. Floats are added with a correction for the rounding (Neumaier 1974).
    Source: https://cloud.google.com/firestore/docs/reference/rest/v1/StructuredAggregationQuery (Sum, Avg)

    Attributes:
        count: The number of added numbers.

    Example:
        >>> running = RunningSum()
        >>> for number in (1, 2, 0.5):
        ...     running.add(number)
        >>> running.sum(), running.average()
        (3.5, 1.1666666666666667)
    """

    __slots__ = ("_floats", "_has_float", "_lost", "_odd", "_whole", "count")

    def __init__(self) -> None:
        self.count = 0
        self._whole = 0
        self._floats = 0.0
        self._lost = 0.0
        self._has_float = False
        self._odd: float | None = None

    def add(self, number: int | float) -> None:
        """Add a number."""
        self.count += 1
        if isinstance(number, int):
            self._whole += number
            return
        self._has_float = True
        if not math.isfinite(number):
            self._odd = number if self._odd is None else self._odd + number
            return
        total = self._floats + number
        if abs(self._floats) >= abs(number):
            self._lost += (self._floats - total) + number
        else:
            self._lost += (number - total) + self._floats
        self._floats = total

    def sum(self) -> int | float:
        """Return the sum, 0 if nothing was added."""
        if not self._has_float and self._whole in INT64:
            return self._whole
        return self._total()

    def average(self) -> float | None:
        """Return the average, None if nothing was added."""
        if not self.count:
            return None
        return self._total() / self.count if self._has_float else self._whole / self.count

    def _total(self) -> float:
        if self._odd is not None:
            return self._odd
        if not math.isfinite(self._floats):
            return self._floats
        return float(self._whole) + (self._floats + self._lost)
