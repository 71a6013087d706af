"""Sums and averages of numbers that arrive one after another follow Firestore's rules."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.aggregations.running_sum import RunningSum

INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(-1e300, 1e300)


def running(numbers: list[int | float]) -> RunningSum:
    made = RunningSum()
    for number in numbers:
        made.add(number)
    return made


@pytest.mark.parametrize(
    ("numbers", "total", "average"),
    [
        ([], 0, None),
        ([1, 2], 3, 1.5),
        ([1, 2.0], 3.0, 1.5),
        ([2**63 - 1, 1], float(2**63), float(2**62)),
        ([2**63 - 1, 1, -1], 2**63 - 1, (2**63 - 1) / 3),
        ([math.inf, 1], math.inf, math.inf),
        ([math.inf, -math.inf], math.nan, math.nan),
        ([1, math.nan], math.nan, math.nan),
        ([1e16, 1.0, -1e16], 1.0, 1 / 3),
        ([1.7e308, 1.7e308], math.inf, math.inf),
    ],
)
def test_the_rules(numbers: list[int | float], total: float, average: float | None) -> None:
    found = running(numbers)
    assert found.sum() == pytest.approx(total, rel=0, abs=0, nan_ok=True)
    assert type(found.sum()) is type(total)
    assert (found.average() is None) == (average is None)
    assert average is None or found.average() == pytest.approx(average, rel=1e-15, nan_ok=True)


@given(st.lists(INTEGERS | FLOATS))
def test_the_sum_is_nearly_exact(numbers: list[int | float]) -> None:
    exact = sum((Fraction(number) for number in numbers), Fraction(0))
    size = sum((abs(Fraction(number)) for number in numbers), Fraction(0))
    assert abs(Fraction(running(numbers).sum()) - exact) <= size * Fraction(1, 10**14)
