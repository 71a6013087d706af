"""The sum of events depends neither on their order nor on their grouping."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.analytics.bucket_tally import Tally, add_exactly
from stoker.analytics.user_sketch import UserSketch

VALUES = st.lists(st.floats(-1e12, 1e12, allow_nan=False), max_size=50)


@given(VALUES)
def test_a_sum_is_kept_exactly(values: list[float]) -> None:
    parts: list[float] = []
    for value in values:
        add_exactly(parts, value)
    assert sum(map(Fraction, parts)) == sum(map(Fraction, values))


@given(VALUES, st.randoms(), st.integers(0, 50))
def test_a_tally_is_the_same_in_any_order_and_in_any_parts(
    values: list[float], choose: random.Random, middle: int
) -> None:
    def tally(some: list[tuple[int, float]]) -> Tally:
        made = Tally()
        for user, value in some:
            made.add(f"user-{user % 7}", value)
        return made

    events = list(enumerate(values))
    whole = tally(events)
    choose.shuffle(events)
    merged = tally(events[:middle])
    merged.merge(tally(events[middle:]))
    assert (merged.count, merged.min, merged.max) == (whole.count, whole.min, whole.max)
    assert merged.sum == whole.sum == math.fsum(values)
    assert merged.users.count() == whole.users.count() == min(len(values), 7)


def test_values_that_would_be_lost_in_a_float_are_not() -> None:
    tally = Tally()
    for value in (1e12, 1e-12, -1e12, 0.1, 0.2):
        tally.add("ada", value)
    assert tally.sum == math.fsum((1e-12, 0.1, 0.2))


@pytest.mark.parametrize("users", [0, 1, 500, 1500])
def test_few_users_are_counted_exactly(users: int) -> None:
    counted = UserSketch()
    for number in range(users):
        for _ in range(2):
            counted.add(f"user-{number}")
    assert counted.count() == users
    assert UserSketch(counted.to_bytes()).count() == users


@pytest.mark.parametrize("users", [2_000, 20_000, 300_000])
def test_many_users_are_counted_within_two_percent_in_8_kib(users: int) -> None:
    counted = UserSketch()
    for number in range(users):
        counted.add(f"user-{number}")
    assert counted.count() == pytest.approx(users, rel=0.02)
    assert len(counted.to_bytes()) < 9 * 1024


@pytest.mark.parametrize("users", [1_400, 1_600, 5_000, 30_000])
def test_a_count_of_users_is_the_same_in_any_order_and_in_any_parts(users: int) -> None:
    names = [f"user-{number}" for number in range(users)]
    counts = set()
    for step in (97, 1_000, users):
        random.Random(step).shuffle(names)
        merged = UserSketch()
        for begin in range(0, users, step):
            part = UserSketch()
            for name in names[begin : begin + step]:
                part.add(name)
            merged.merge(part)
            merged = UserSketch(merged.to_bytes())
        counts.add(merged.count())
    assert len(counts) == 1


@pytest.mark.parametrize("spoiled", [b"", b"spoiled", b"\x00" * 100, UserSketch().to_bytes()[:-1]])
def test_a_spoiled_sketch_is_refused(spoiled: bytes) -> None:
    with pytest.raises(ValueError, match="no sketch"):
        UserSketch(spoiled)
