"""The keys of values sort as the client library compares the values."""

from typing import Any

import pytest
from google.cloud.firestore_v1.order import Order
from hypothesis import given, settings
from hypothesis import strategies as st

from stoker.firestore.value_order import order_key
from unit.firestore.value_messages import VALUES, Message


@pytest.mark.slow
@settings(max_examples=500)
@given(st.lists(VALUES, min_size=2, max_size=4))
def test_keys_compare_as_the_library_compares_values(values: list[Any]) -> None:
    for left in values:
        for right in values:
            ours = (order_key(left) > order_key(right)) - (order_key(left) < order_key(right))
            assert ours == Order.compare(left, right), f"{left}\n{right}"


def test_an_integer_that_no_float_holds_is_compared_exactly() -> None:
    below, above = Message(double_value=float(2**53)), Message(integer_value=2**53 + 1)
    assert order_key(below) < order_key(above)
    assert order_key(Message(integer_value=2**53)) == order_key(below)
