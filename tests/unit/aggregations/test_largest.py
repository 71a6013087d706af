"""The largest values are those that sorting would put first."""

from typing import Any

import pytest
from google.cloud.firestore_v1.types import Value
from hypothesis import given
from hypothesis import strategies as st

from stoker.aggregations.largest import Largest
from stoker.firestore.messages import message

ValueMessage: Any = Value.pb()


@given(st.lists(st.integers(0, 5) | st.floats(-5, 5), max_size=40), st.integers(1, 10))
def test_the_first_of_equal_values_are_kept(values: list[int | float], most: int) -> None:
    largest = Largest(most, "number")
    for number, value in enumerate(values):
        assert largest.add(f"{number}", message(value)) is None
    wanted = sorted(range(len(values)), key=lambda number: -values[number])[:most]
    assert largest.names() == [f"{number}" for number in wanted]


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("number", "1", "no-number"),
        ("number", True, "no-number"),
        ("number", float("nan"), "nan"),
        ("time", 1, "no-time"),
        ("text", None, "no-text"),
        # A thousand texts of 1 MiB would not fit into the memory of a function.
        ("text", "x" * 1501, "long"),
        ("text", "ä" * 751, "long"),
    ],
)
def test_other_values_are_left_out(kind: Any, value: object, reason: str) -> None:
    largest = Largest(1, kind)
    assert largest.add("a", message(value)) == reason
    assert largest.names() == []


def test_texts_and_times_are_sorted_as_in_firestore() -> None:
    texts = Largest(3, "text")
    for text in ("a", "\uffff", "\U0001f600"):
        texts.add(text, message(text))
    assert texts.names() == ["\U0001f600", "\uffff", "a"]
    long = Largest(2, "text")
    assert long.add("z", message("ä" * 750)) is None
    times = Largest(2, "time")
    for nanos in (1, 2):
        value = ValueMessage()
        value.timestamp_value.nanos = nanos
        times.add(f"{nanos}", value)
    assert times.names() == ["2", "1"]
