"""Documents and writes as plain protobuf messages, for thousands of documents. The client library's forms are slow."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore_v1.types import Document, Value, Write

DocumentMessage: Any = Document.pb()
ValueMessage: Any = Value.pb()
WriteMessage: Any = Write.pb()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNKNOWN = object()
"""The stand-in for a value of a type that `plain` does not read: a map, a reference, a geographical point."""


def plain(value: Any) -> object:
    """Return the Python value of a message.

    Args:
        value: A message of a null, a boolean, a number, a text, bytes, a time, or a list of these.

    Returns:
        The value; `UNKNOWN` for a message of any other type.
    """
    match value.WhichOneof("value_type"):
        case None | "null_value":
            return None
        case "boolean_value" | "integer_value" | "double_value" | "string_value" | "bytes_value" as kind:
            return getattr(value, kind)
        case "timestamp_value":
            moment = value.timestamp_value
            # The library's own conversion is wrong by a second before 1970.
            return EPOCH + timedelta(seconds=moment.seconds, microseconds=moment.nanos // 1000)
        case "array_value":
            return [plain(element) for element in value.array_value.values]
    return UNKNOWN


def message(value: object) -> Any:
    """Return the message of a Python value of one of the types of `plain`. Integers and floats stay different types.

    Raises:
        TypeError: There is no message for the value's type.
    """
    match value:
        case None:
            return ValueMessage(null_value=0)
        case bool():
            return ValueMessage(boolean_value=value)
        case int():
            return ValueMessage(integer_value=value)
        case float():
            return ValueMessage(double_value=value)
        case str():
            return ValueMessage(string_value=value)
        case bytes():
            return ValueMessage(bytes_value=value)
        case datetime():
            time = ValueMessage()
            since = value - EPOCH
            time.timestamp_value.seconds = since.days * 86400 + since.seconds
            time.timestamp_value.nanos = since.microseconds * 1000
            return time
        case list():
            array = ValueMessage()
            array.array_value.values.extend(message(element) for element in value)
            return array
    raise TypeError(f"There is no message for a value of {type(value)}.")


def written(name: str, fields: Mapping[str, object]) -> Any:
    """Return the write that creates a document or replaces it.

    Args:
        name: The document's full name, with the database.
        fields: All fields of the document, by name.
    """
    return WriteMessage(
        update=DocumentMessage(name=name, fields={field: message(value) for field, value in fields.items()})
    )


def unchanged_since(write: Any, update_time: Any | None) -> Any:
    """Add a condition to a write: the commit is refused if the document was written since it was read.

    Args:
        write: The message of the write, which is changed.
        update_time: The document's update time, as a protobuf message; None if the document did not exist.

    Returns:
        The message.
    """
    if update_time is None:
        write.current_document.exists = False
    else:
        write.current_document.update_time.CopyFrom(update_time)
    return write
