"""Values of every type that Firestore stores, as protobuf messages drawn by hypothesis."""

from typing import Any

from google.cloud.firestore_v1.types import Value
from hypothesis import strategies as st

Message: Any = Value.pb()
ROOT = "projects/p/databases/(default)/documents"


def _timestamp(seconds: int, nanos: int) -> Any:
    value = Message()
    value.timestamp_value.seconds, value.timestamp_value.nanos = seconds, nanos
    return value


def _point(latitude: float, longitude: float) -> Any:
    value = Message()
    value.geo_point_value.latitude, value.geo_point_value.longitude = latitude, longitude
    return value


def _array(elements: list[Any]) -> Any:
    value = Message()
    value.array_value.SetInParent()
    value.array_value.values.extend(elements)
    return value


def _map(fields: dict[str, Any]) -> Any:
    value = Message()
    value.map_value.SetInParent()
    for name, one in fields.items():
        value.map_value.fields[name].CopyFrom(one)
    return value


def _vector(numbers: list[float]) -> Any:
    return _map(
        {
            "__type__": Message(string_value="__vector__"),
            "value": _array([Message(double_value=number) for number in numbers]),
        }
    )


SIMPLE = st.one_of(
    st.just(Message(null_value=0)),
    st.builds(lambda value: Message(boolean_value=value), st.booleans()),
    st.builds(lambda value: Message(integer_value=value), st.integers(-(2**63), 2**63 - 1)),
    st.builds(lambda value: Message(integer_value=value), st.integers(-2, 2)),
    # From 2^53 on, a float can't hold every integer.
    st.builds(lambda more: Message(integer_value=2**53 + more), st.integers(-2, 2)),
    st.builds(lambda more: Message(double_value=float(2**53 + more)), st.integers(-2, 2)),
    st.builds(lambda value: Message(double_value=value), st.floats()),
    st.builds(lambda value: Message(double_value=value), st.sampled_from([0.0, -0.0, 0.1 + 0.2, 0.3, float("nan")])),
    st.builds(_timestamp, st.integers(-62135596800, 253402300799), st.integers(0, 999_999_999)),
    st.builds(_timestamp, st.integers(-1, 1), st.integers(0, 2)),
    st.builds(lambda value: Message(string_value=value), st.text(max_size=4)),
    st.builds(lambda value: Message(bytes_value=value), st.binary(max_size=4)),
    st.builds(
        lambda parts: Message(reference_value="/".join([ROOT, *parts])),
        st.lists(st.sampled_from(["a", "a!", "a0", "b", "aa"]), min_size=2, max_size=4).filter(
            lambda parts: len(parts) % 2 == 0
        ),
    ),
    st.builds(_point, st.floats(-90, 90), st.floats(-180, 180)),
    st.builds(_vector, st.lists(st.floats(), max_size=3)),
)

NAMES = st.text("abcé", max_size=2)

VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(_array, st.lists(inner, max_size=3)), st.builds(_map, st.dictionaries(NAMES, inner, max_size=3))
    ),
    max_leaves=6,
)
"""A value of any type."""
