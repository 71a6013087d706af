"""The values of fields in documents that are plain protobuf messages. A document may have any value in any field."""

from dataclasses import dataclass
from typing import Any, Final

from google.cloud.firestore_v1.field_path import FieldPath

from stoker.errors import InvalidArgument
from stoker.firestore.field_path import value_at

MAX_TEXT_BYTES: Final = 1500
"""The most bytes of a text that makes a group or is compared with others, so that the memory is bounded.
Source: https://firebase.google.com/docs/firestore/quotas#indexes (the bytes of a value that an index keeps)"""

NAN: Final = ("NaN",)
"""The group of NaN, which Python does not find equal to itself."""


@dataclass(frozen=True)
class Field:
    """A field that is read.

    Attributes:
        path: The path, as Firestore takes it.
        parts: The names in the path.
    """

    path: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, path: str) -> "Field":
        """Return the field of a path.

        Args:
            path: The path. A name in it that is no simple word is in backticks.

        Raises:
            InvalidArgument: The text is no path of a field.
        """
        try:
            parts = tuple(FieldPath.from_api_repr(path).parts)
        except (ValueError, TypeError, AttributeError) as error:
            raise _no_field(path) from error
        if not parts or not all(parts):
            raise _no_field(path)
        return cls(path, parts)

    def value(self, document: Any) -> Any | None:
        """Return the message of the field's value, None if the document lacks the field.

        Args:
            document: A `Document` message.
        """
        return value_at(document, self.parts)


def _no_field(path: object) -> InvalidArgument:
    return InvalidArgument(f"{path!r:.100} is no field. Name it as Firestore does, such as createdAt.")


def number_of(value: Any) -> int | float | None:
    """Return the number of a message, None if the value is no number. A boolean is none."""
    kind = value.WhichOneof("value_type")
    if kind == "integer_value":
        return int(value.integer_value)
    return float(value.double_value) if kind == "double_value" else None


def group_key(value: Any) -> object:
    """Return a key that is equal for values that Firestore finds equal, None if the value makes no group.

    Integers and floats of the same size are equal, a boolean and a number are not.

    Args:
        value: A `Value` message.
    """
    kind = value.WhichOneof("value_type")
    match kind:
        case "string_value" | "integer_value" | "bytes_value":
            return getattr(value, kind)
        case "double_value":
            return value.double_value if value.double_value == value.double_value else NAN
        case "boolean_value" | "reference_value":
            return (kind, getattr(value, kind))
        case "timestamp_value":
            return (kind, value.timestamp_value.seconds, value.timestamp_value.nanos)
        case None | "null_value":
            return ("null_value",)
    return None


def is_long(key: object) -> bool:
    """Return whether the key of a group, or a text, has too many bytes."""
    text = key[1] if isinstance(key, tuple) and len(key) == 2 else key
    if isinstance(text, str):
        # A character has at most four bytes.
        return len(text) * 4 > MAX_TEXT_BYTES and len(text.encode()) > MAX_TEXT_BYTES
    return isinstance(text, bytes) and len(text) > MAX_TEXT_BYTES
