"""Documents and writes as plain protobuf messages: where there are thousands, the client's own forms take the time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud.firestore_v1.types import Document, Value, Write

DocumentMessage: Any = Document.pb()
ValueMessage: Any = Value.pb()
WriteMessage: Any = Write.pb()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNKNOWN = object()
"""What stands for a value of a type that nothing here reads: a map, a reference, a place."""


def plain(value: Any) -> object:
    """A value that is null, true or false, a number, a text, bytes, a time, or a list of these; `UNKNOWN` else."""
    match value.WhichOneof("value_type"):
        case None | "null_value":
            return None
        case "boolean_value" | "integer_value" | "double_value" | "string_value" | "bytes_value" as kind:
            return getattr(value, kind)
        case "timestamp_value":
            moment = value.timestamp_value
            # Not by the library, which is wrong by a second before 1970.
            return EPOCH + timedelta(seconds=moment.seconds, microseconds=moment.nanos // 1000)
        case "array_value":
            return [plain(one) for one in value.array_value.values]
    return UNKNOWN


def message(value: object) -> Any:
    """The message of a value, of the same types; a whole number and another one keep apart."""
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
            made = ValueMessage()
            since = value - EPOCH
            made.timestamp_value.seconds = since.days * 86400 + since.seconds
            made.timestamp_value.nanos = since.microseconds * 1000
            return made
        case list():
            made = ValueMessage()
            made.array_value.values.extend(message(one) for one in value)
            return made
    raise TypeError(f"There is no message for {type(value)}.")


def written(name: str, fields: Mapping[str, object]) -> Any:
    """The write that makes a document, or replaces it.

    Args:
        name: The document's, in full.
        fields: All of them.
    """
    return WriteMessage(
        update=DocumentMessage(name=name, fields={field: message(value) for field, value in fields.items()})
    )


def unchanged_since(write: Any, update_time: Any | None) -> Any:
    """The same write, which is refused where the document is not as it was.

    Args:
        write: The message, which is changed.
        update_time: When the document was written, as protobuf has it; None where it was missing.
    """
    if update_time is None:
        write.current_document.exists = False
    else:
        write.current_document.update_time.CopyFrom(update_time)
    return write
