"""The order of values, as Firestore sorts documents."""

import math
from typing import Any

OrderKey = tuple[Any, ...]

# The ranks of the types. A value of a lower rank comes first, whatever the two values are.
# Source: https://firebase.google.com/docs/firestore/manage-data/data-types#value_type_ordering
_NULL, _BOOLEAN, _NUMBER, _TIMESTAMP, _TEXT, _BYTES, _REFERENCE, _POINT, _ARRAY, _VECTOR, _MAP = range(11)


def order_key(value: Any) -> OrderKey:
    """Return a key of a value: the keys of values sort as Firestore sorts the values.

    Two values have equal keys if neither comes first. So 1 and 1.0 have equal keys, and 0.0 and -0.0.

    Args:
        value: The value, as a plain protobuf message.

    Example:
        >>> from stoker.firestore.messages import message
        >>> sorted(["b", 2, None, 1.5, True, float("nan")], key=lambda value: order_key(message(value)))
        [None, True, nan, 1.5, 2, 'b']
    """
    match value.WhichOneof("value_type"):
        case None | "null_value":
            return (_NULL,)
        case "boolean_value":
            return _BOOLEAN, value.boolean_value
        case "integer_value":
            return _NUMBER, 1, value.integer_value
        case "double_value":
            number = value.double_value
            # Python compares an int with a float exactly. NaN comes before all numbers.
            return (_NUMBER, 0) if math.isnan(number) else (_NUMBER, 1, number)
        case "timestamp_value":
            return _TIMESTAMP, value.timestamp_value.seconds, value.timestamp_value.nanos
        case "string_value":
            # Python compares texts by code points, which is the order of their bytes in UTF-8.
            return _TEXT, value.string_value
        case "bytes_value":
            return _BYTES, value.bytes_value
        case "reference_value":
            return _REFERENCE, name_key(value.reference_value)
        case "geo_point_value":
            return _POINT, value.geo_point_value.latitude, value.geo_point_value.longitude
        case "array_value":
            return _ARRAY, tuple(order_key(element) for element in value.array_value.values)
        case "map_value":
            return _map_key(value.map_value.fields)
    raise TypeError(f"Firestore has no values of the type {value.WhichOneof('value_type')}.")


def name_key(name: str) -> OrderKey:
    """Return the key of a document's name. Names are sorted part by part.

    Args:
        name: The full name of the document, or its path.

    Example:
        >>> sorted(["a!/b", "a/b"], key=name_key)
        ['a/b', 'a!/b']
    """
    return tuple(name.split("/"))


def _map_key(fields: Any) -> OrderKey:
    if "__type__" in fields and fields["__type__"].string_value == "__vector__":
        numbers = fields["value"].array_value.values if "value" in fields else ()
        return _VECTOR, len(numbers), tuple(order_key(number) for number in numbers)
    return _MAP, tuple((name, order_key(fields[name])) for name in sorted(fields))
