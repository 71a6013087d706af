"""The Python values of plain protobuf messages. Any document that Firestore stores can be decoded."""

from datetime import timedelta
from typing import Any

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.cloud.firestore_v1 import GeoPoint
from google.cloud.firestore_v1.vector import Vector

from stoker.firestore.client import client
from stoker.firestore.messages import EPOCH

Item = dict[str, Any]
"""A document's fields, as Python values, and its id as `id`."""


def decoded(value: Any) -> object:
    """Return the Python value of a message: the value that the client library gives, if it can decode the message.

    - A reference into another project or database is its full name, as a text. The client library fails there.
    - A time is a `DatetimeWithNanoseconds`, in UTC.
    - A geographical point is a `GeoPoint`, a vector is a `Vector`, and a reference is a `DocumentReference`.

    Args:
        value: The value, as a plain protobuf message.

    Example:
        >>> from stoker.firestore.messages import message
        >>> decoded(message([1, "a", None]))
        [1, 'a', None]
    """
    match value.WhichOneof("value_type"):
        case None | "null_value":
            return None
        case "boolean_value" | "integer_value" | "double_value" | "string_value" | "bytes_value" as kind:
            return getattr(value, kind)
        case "timestamp_value":
            return moment_of(value.timestamp_value)
        case "reference_value":
            return _reference(value.reference_value)
        case "geo_point_value":
            return GeoPoint(value.geo_point_value.latitude, value.geo_point_value.longitude)
        case "array_value":
            return [decoded(element) for element in value.array_value.values]
        case "map_value":
            return _map(value.map_value.fields)
    raise TypeError(f"Firestore has no values of the type {value.WhichOneof('value_type')}.")


def moment_of(timestamp: Any) -> DatetimeWithNanoseconds:
    """Return the time of a message, with its nanoseconds, in UTC.

    Args:
        timestamp: A time of the years 1 to 9999, as a plain protobuf message.

    Example:
        >>> from google.protobuf.timestamp_pb2 import Timestamp
        >>> moment_of(Timestamp(seconds=-1, nanos=500_000_001)).rfc3339()
        '1969-12-31T23:59:59.500000001Z'
    """
    second = EPOCH + timedelta(seconds=timestamp.seconds)
    return DatetimeWithNanoseconds(*second.timetuple()[:6], nanosecond=timestamp.nanos, tzinfo=second.tzinfo)


def fields_of(document: Any) -> dict[str, Any]:
    """Return the fields of a document.

    Args:
        document: The document, as a plain protobuf message.
    """
    return {name: decoded(value) for name, value in document.fields.items()}


def item_of(document: Any) -> Item:
    """Return the fields of a document, and its id as `id`. A field `id` of the document is replaced.

    Args:
        document: The document, as a plain protobuf message.

    Example:
        >>> from stoker.firestore.messages import written
        >>> item_of(written("projects/p/databases/(default)/documents/tasks/spring", {"title": "Clean"}).update)
        {'title': 'Clean', 'id': 'spring'}
    """
    return {**fields_of(document), "id": document.name.rsplit("/", 1)[-1]}


def _reference(name: str) -> object:
    root = f"{client()._database_string}/documents/"
    return client().document(name.removeprefix(root)) if name.startswith(root) else name


def _map(fields: Any) -> object:
    found = {name: decoded(value) for name, value in fields.items()}
    numbers: Any = found.get("value")
    is_vector = found.get("__type__") == "__vector__" and isinstance(numbers, list)
    if is_vector and all(isinstance(number, float | int) for number in numbers):
        return Vector(numbers)
    return found
