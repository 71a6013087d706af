"""Any value in any field makes a group, or tells that it makes none."""

import math
from typing import Any

import pytest
from google.cloud.firestore_v1.types import Document, Value

from stoker.aggregations.field_values import Field, group_key, is_long, number_of
from stoker.errors import InvalidArgument
from stoker.firestore.messages import message

DocumentMessage: Any = Document.pb()
ValueMessage: Any = Value.pb()


def key(value: object) -> object:
    return group_key(message(value))


def test_values_are_equal_as_in_firestore() -> None:
    assert key(1) == key(1.0)
    assert key(0.0) == key(-0.0)
    assert key(math.nan) == key(-math.nan)
    assert key(2**53) != key(2**53 + 1)
    alone = [1, "1", b"1", True, False, None, math.nan, ""]
    assert len({key(value) for value in alone}) == len(alone)


def test_times_are_equal_to_the_nanosecond() -> None:
    first, second = ValueMessage(), ValueMessage()
    first.timestamp_value.nanos, second.timestamp_value.nanos = 1, 2
    assert group_key(first) != group_key(second)


@pytest.mark.parametrize("value", [[], [1]])
def test_a_list_makes_no_group(value: object) -> None:
    assert key(value) is None


def test_a_map_and_a_place_make_no_group() -> None:
    place, mapped = ValueMessage(geo_point_value={}), ValueMessage(map_value={})
    assert (group_key(place), group_key(mapped)) == (None, None)


def test_long_texts_are_known() -> None:
    assert [is_long(key(value)) for value in ("a" * 1500, "a" * 1501, "ä" * 751, b"a" * 1501, 10**18, True)] == [
        *(False, True, True, True, False, False)
    ]


@pytest.mark.parametrize(("value", "number"), [(1, 1), (1.5, 1.5), (True, None), ("1", None), (None, None)])
def test_only_numbers_are_numbers(value: object, number: float | None) -> None:
    assert number_of(message(value)) == number


@pytest.mark.parametrize("path", ["", ".", "a..b", "a.", 7, None, "`"])
def test_a_text_that_is_no_field_is_refused(path: Any) -> None:
    with pytest.raises(InvalidArgument, match="is no field"):
        Field.of(path)


def test_a_field_is_found_below_maps() -> None:
    document = DocumentMessage()
    document.fields["a"].map_value.fields["b c"].integer_value = 5
    document.fields["text"].string_value = "a"
    found = Field.of("a.`b c`").value(document)
    assert found is not None
    assert found.integer_value == 5
    for path in ("b", "a.b", "text.b", "a.b.c"):
        assert Field.of(path).value(document) is None
    # Looking for a field leaves the document as it is.
    assert {*document.fields} == {"a", "text"}
