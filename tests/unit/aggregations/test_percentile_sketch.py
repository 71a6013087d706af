"""Percentiles are within their relative error, whatever the numbers are."""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.aggregations.percentile_sketch import EXACT, LOG_GAMMA, RELATIVE_ERROR, PercentileSketch

NUMBERS = st.lists(
    st.one_of(
        st.integers(-(2**63), 2**63 - 1),
        st.integers(0, 100),
        st.floats(allow_nan=False, allow_subnormal=False),
        st.floats(0.01, 1000),
    ),
    min_size=1,
    max_size=60,
)


def sketch_of(numbers: list[int | float]) -> PercentileSketch:
    sketch = PercentileSketch()
    for number in numbers:
        sketch.add(number)
    return sketch


def exact(numbers: list[int | float], percent: float) -> float:
    return sorted(float(number) for number in numbers)[math.floor(percent / 100 * (len(numbers) - 1))]


@given(NUMBERS, st.floats(0, 100))
def test_a_percentile_of_many_numbers_is_within_the_relative_error(numbers: list[int | float], percent: float) -> None:
    many = numbers * (EXACT // len(numbers) + 1)
    found, wanted = sketch_of(many).percentile(percent), exact(many, percent)
    assert found == pytest.approx(wanted, rel=RELATIVE_ERROR * (1 + 1e-9), abs=0)


@given(NUMBERS, st.floats(0, 100))
def test_percentiles_of_few_numbers_are_exact(numbers: list[int | float], percent: float) -> None:
    assert sketch_of(numbers).percentile(percent) == exact(numbers, percent)


def test_the_least_and_the_greatest_are_exact() -> None:
    sketch = sketch_of([number / 7 for number in range(EXACT + 500)])
    assert (sketch.percentile(0), sketch.percentile(100)) == (0, (EXACT + 499) / 7)


def test_nothing_has_no_percentile() -> None:
    assert PercentileSketch().percentile(50) is None


def test_the_memory_has_a_bound() -> None:
    """Numbers of all sizes fall into at most 71,000 buckets."""
    assert (math.log(sys.float_info.max) - math.log(sys.float_info.min)) / LOG_GAMMA < 71_000 - 1
